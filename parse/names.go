package parse

import (
	"strings"

	"golang.org/x/net/html"
)

// trait is what the names of an element (class, id, role) say about it. Sites
// name their boxes in a few dozen words; we read those words and not the
// sites' own compounds, so that "c-articleShareBar__list" and "share_bar" are
// the same to us.
type trait uint32

const (
	traitNav trait = 1 << iota
	traitFoot
	traitSide
	traitShare
	traitRelated
	traitComment
	traitAd
	traitLetter  // newsletter, subscription, log-in
	traitConsent // cookies
	traitPaywall
	traitPopup
	traitByline
	traitDate
	traitMeta // other data about the article: tags, category, reading time
	traitBio  // about the author
	traitTools
	traitCaption
	traitHidden
	traitBody // the container of the article's text
	traitTitle
	traitToc
	traitKicker // the topic over a headline, the line under it
)

// traits reads the names of n.
func traits(n *html.Node) trait {
	var t trait
	for i := range n.Attr {
		switch n.Attr[i].Key {
		case "class", "id", "data-component", "data-testid", "data-module":
			if n.Attr[i].Val != "" {
				t |= readNames(n.Attr[i].Val)
			}
		case "role":
			switch n.Attr[i].Val {
			case "navigation", "menu", "menubar", "search":
				t |= traitNav
			case "complementary":
				t |= traitSide
			case "dialog", "alertdialog", "alert":
				t |= traitPopup
			case "contentinfo":
				t |= traitFoot
			}
		}
	}
	return t
}

// readNames splits s into words, at what is no letter and where a small
// letter is followed by a capital, and gathers what the words say.
func readNames(s string) trait {
	var (
		buf   [48]byte
		last  [48]byte
		n     int
		prev  []byte
		t     trait
		lower bool
		first = true
		loose bool // the word starts inside a run of letters and digits
	)
	// Short words only count between signs: hashed class names ("hJpRAd") are
	// full of them.
	flush := func(end byte) {
		if n > 0 {
			if n > 3 || !loose && (end < '0' || end > '9') && end != 'A' {
				t |= wordTrait(buf[:n], prev, first)
				prev = last[:copy(last[:], buf[:n])]
			}
			first = false
			n = 0
		}
		loose = end >= '0' && end <= '9' || end == 'A'
		if end == ' ' || end == '\n' || end == '\t' {
			prev, first = nil, true
		}
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
			flush(c)
			lower = false
			continue
		}
		if c <= 'Z' {
			if lower {
				flush('A')
			}
			c |= 0x20
			lower = false
		} else {
			lower = true
		}
		if n < len(buf) {
			buf[n] = c
			n++
		}
	}
	flush(' ')
	return t
}

// wordTrait says what one word of a name means; prev is the word before it in
// the same name, first whether w opens the name.
func wordTrait(word, before []byte, first bool) trait {
	w, prev := string(word), string(before) // compared only: neither is allocated
	switch prev {
	case "no", "has", "with", "without", "is", "show", "enable", "disable", "not":
		return 0 // modifiers: "has-sidebar", "no-comments"
	}
	switch w {
	case "nav", "navbar", "navigation", "navi", "topnav", "subnav", "navlist", "breadcrumb", "breadcrumbs", "crumb", "crumbs", "menu", "submenu",
		"megamenu", "pagination", "pager", "paging", "pagenav", "skiplink", "skiplinks", "masthead", "sitenav", "localnav", "globalnav", "navbox", "catlinks":
		return traitNav
	case "footer", "foot", "colophon", "copyright", "pagefooter", "sitefooter", "footnav", "printfooter", "footerbox":
		return traitFoot
	case "sidebar", "aside", "rail", "widgets", "sidecol", "sidebox", "rightbar", "leftbar", "infobar", "sidenav":
		return traitSide
	case "widget":
		if first { // "elementor-widget" is only a building block
			return traitSide
		}
	case "share", "sharing", "shares", "sharebar", "sharebox", "social", "socials", "sociable", "sharedaddy", "addthis", "addtoany", "sharethis",
		"shareaholic", "socialmedia", "sharetools", "sharebuttons", "socialshare", "bdsharebuttonbox", "bdshare", "ssba", "heateor", "shariff", "jssocials":
		return traitShare
	case "related", "relateds", "recommend", "recommended", "recommendation", "recommendations", "recommends", "similar", "trending", "mostread",
		"morelike", "upnext", "readmore", "readnext", "seealso", "teaser", "teasers", "outbrain", "taboola", "recirc", "recirculation", "crosslinks",
		"relatedposts", "relatedarticles", "relatednews", "relatedcontent", "relatedlinks", "relatedstories", "xiangguan", "tuijian", "alsoread",
		"alsolike", "mostpopular", "yarpp", "zergnet", "revcontent", "mgid", "plista", "linklist", "morestories", "suggested", "suggestions", "relcontent", "inlinerelated":
		return traitRelated
	case "popular", "posts", "stories":
		if prev == "most" || prev == "more" || prev == "latest" || prev == "recent" || prev == "other" || prev == "top" || prev == "popular" || prev == "prev" || prev == "next" {
			return traitRelated
		}
	case "news", "articles", "article", "links", "story", "post":
		switch prev {
		case "more", "recent", "other", "next", "previous", "prev", "also", "latest", "adjacent":
			return traitRelated
		}
		if w == "article" && first || w == "post" && first {
			return 0
		}
	case "also", "interest":
		if prev == "see" || prev == "read" || prev == "may" || prev == "you" {
			return traitRelated
		}
	case "comment", "comments", "commentlist", "disqus", "respond", "livefyre", "commentform", "commentary", "usercomments", "fbcomments", "commentbox", "responses", "wpdiscuz":
		return traitComment
	case "ad", "ads", "advert", "adverts", "advertisement", "advertising", "adsense", "adslot", "adbox", "adwrapper", "adunit", "adcontainer", "sponsor",
		"sponsored", "sponsors", "dfp", "gpt", "anzeige", "werbung", "reklama", "publicidad", "pubblicita", "adsbygoogle", "promo", "promobox", "promotion", "promoted", "guanggao", "billboard", "leaderboard":
		return traitAd
	case "newsletter", "newsletters", "subscribe", "subscription", "subscribebox", "signup", "mailchimp", "mailinglist", "optin", "register", "registration",
		"login", "signin", "loginform", "donate", "donation", "crowdfunding", "denglu", "mailpoet", "mepr":
		return traitLetter
	case "cookie", "cookies", "consent", "gdpr", "onetrust", "cookiebar", "cookiebanner", "cookieconsent", "cmp", "ccpa":
		return traitConsent
	case "paywall", "regwall", "subscriberonly", "meteredcontent", "piano", "paidcontent":
		return traitPaywall
	case "popup", "modal", "overlay", "lightbox", "dialog", "toast", "tooltip", "offcanvas", "interstitial", "tingle":
		return traitPopup
	case "byline", "bylines", "author", "authors", "authorname", "writer", "reporter", "auteur", "autor", "zuozhe", "contributor", "contributors", "dateline", "bylinebox", "postedby":
		return traitByline
	case "authorbio", "aboutauthor", "bio", "biography", "authorbox", "authorinfo", "vcard":
		return traitBio
	case "date", "dates", "datetime", "timestamp", "published", "pubdate", "pubtime", "publishdate", "publishtime", "postdate", "entrydate", "datum", "updated", "riqi", "fabu", "shijian", "datepublished", "postedon", "time", "timedata", "newsdate", "articledate", "created", "fecha", "xxsj", "pubinfo":
		return traitDate
	case "meta", "metadata", "postmeta", "entrymeta", "articleinfo", "tags", "taglist", "tagcloud", "keywords", "categories", "category",
		"readtime", "readingtime", "pageviews", "laiyuan", "postinfo", "infos", "filedunder", "topics":
		return traitMeta
	case "toolbar", "tools", "print", "printfriendly", "fontsize", "textsize", "bookmark", "rating", "ratings", "vote", "votes", "voting", "likes", "toolbox",
		"buttons", "btns", "actions", "dianzan", "audioplayer", "listen", "feedback", "survey", "poll", "quiz":
		if w == "poll" || w == "print" && prev != "" {
			return 0
		}
		return traitTools
	case "caption", "captions", "figcaption", "imgcaption", "imagecaption", "photocaption", "legende", "bildunterschrift", "tushuo", "photocredit", "credit", "credits", "thumbcaption":
		return traitCaption
	case "hidden", "hide", "invisible", "visuallyhidden", "offscreen", "noprint", "noscript":
		if w == "hide" && !first {
			return 0
		}
		return traitHidden
	case "only":
		if prev == "sr" || prev == "print" {
			return traitHidden
		}
	case "text":
		switch prev {
		case "reader":
			return traitHidden
		case "article", "post", "story", "entry", "news", "body", "full", "main", "detail":
			return traitBody
		}
	case "body", "content", "contents", "copy", "bodycopy", "richtext", "inner", "con", "cont", "detail", "details":
		switch prev {
		case "article", "entry", "post", "story", "news", "blog", "page", "main", "text", "detail", "details", "single", "body", "rich", "field", "media", "js", "pages", "art", "info", "cms", "wysiwyg", "ucap", "content", "release", "press":
			if w == "details" || w == "inner" && prev == "main" {
				return 0
			}
			return traitBody
		}
	case "articlebody", "articlecontent", "articletext", "postcontent", "postbody", "storybody", "storycontent", "entrycontent", "maintext", "fulltext",
		"bodytext", "artikeltext", "newsbody", "newscontent", "newstext", "pagecontent", "contentbody", "wysiwyg", "postentry", "editor", "zoom", "articledetail", "storytext", "rte", "prose", "contenttext", "articlecont", "pressrelease":
		return traitBody
	case "kicker", "rubric", "overline", "topline", "dachzeile", "subtitle", "subline", "subheadline", "subhead", "eyebrow", "surtitle", "spitzmarke", "ueberzeile", "supertitle", "roofline", "antetitulo":
		return traitKicker
	case "title", "headline", "hed", "biaoti", "heading", "posttitle", "entrytitle", "articletitle":
		return traitTitle
	case "toc", "tableofcontents", "inhaltsverzeichnis":
		return traitToc
	case "button", "btn":
		if first {
			return traitTools
		}
	case "views":
		if !first { // "post-views"; "views-row" is how Drupal lists anything
			return traitMeta
		}
	case "about":
		return 0
	case "whatsapp", "telegram", "followus", "follow":
		if first || prev == "social" {
			return traitShare
		}
	}
	if prev == "about" && (w == "author" || w == "writer") {
		return traitBio
	}
	if strings.HasPrefix(w, "newsletter") {
		return traitLetter
	}
	return 0
}
