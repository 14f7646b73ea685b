package parse

import (
	"regexp"
	"strings"
	"sync"

	"github.com/regwire/regwire/corpus"
)

// clean drops what boxes left behind among the blocks of an article: the
// headline once more, bylines and datelines over the text, calls to share, to
// subscribe and to log in, links to other articles, and the tail that leads
// away from the page.
func clean(parts []part, title string, p *page) []part {
	parts = dropTails(parts)
	t := fold(title)
	out := parts[:0:0]
	for i, b := range parts {
		f := ""
		if len(b.Text) < 400 {
			f = fold(b.Text)
		}
		switch {
		case f != "" && f == t && i < 6 && b.Kind != corpus.BlockCaption:
			continue
		case b.Kind != corpus.BlockCode && b.Kind != corpus.BlockTable && b.Kind != corpus.BlockCaption && furniture(b, f):
			continue
		case i < 6 && b.Kind != corpus.BlockHeading && b.Kind != corpus.BlockTable && headLine(b.Text):
			continue
		case i < 6 && len(b.Text) < 5 && strings.Trim(b.Text, "0123456789") == "": // a counter
			continue
		}
		if n := len(out); n > 0 && out[n-1].Text == b.Text && len(b.Text) < 80 {
			continue
		}
		if keywordCaption(b.Text) || b.Kind == corpus.BlockParagraph && pictureNote(b.Text) {
			b.Kind = corpus.BlockCaption
		}
		out = append(out, b)
	}
	for len(out) > 0 && (out[len(out)-1].Kind == corpus.BlockHeading || endMark(out[len(out)-1].Text)) {
		out = out[:len(out)-1]
	}
	return out
}

// leads are the phrases over lists of other articles.
var leads = []string{
	"you may also like", "you might also like", "you may also be interested", "you might be interested", "related articles", "related article", "related stories", "related story", "related posts", "related news", "related content",
	"related reading", "related topics", "related coverage", "related links", "related", "more stories", "more news", "more from", "more on this", "more about", "more in", "more like this", "recommended", "recommended for you", "recommended reading",
	"recommended stories", "recommended articles", "read next", "read more", "read also", "also read", "see also", "up next", "what to read next", "further reading", "most read", "most popular", "popular coins", "popular articles", "popular posts", "trending", "trending now",
	"trending stories", "latest news", "latest crypto news", "latest stories", "latest articles", "editors picks", "editor s picks", "dont miss", "don t miss", "in other news", "similar articles", "similar posts", "keep reading", "around the web", "from the web", "sponsored links", "promoted stories", "promoted links",
	"相关阅读", "相关文章", "相关新闻", "相关推荐", "相关链接", "相关报道", "相关稿件", "相关内容", "推荐阅读", "延伸阅读", "猜你喜欢", "为你推荐", "热门文章", "热门推荐", "热门新闻", "大家都在看", "你可能感兴趣", "您可能感兴趣", "更多新闻", "更多文章", "最新文章", "最新资讯", "精彩推荐", "相關閱讀", "相關文章", "相關新聞", "延伸閱讀", "推薦閱讀",
	"mehr zum thema", "mehr themen", "lesen sie auch", "lesen sie auch die folgenden beiträge", "das könnte sie auch interessieren", "das könnte dich auch interessieren", "auch interessant", "ähnliche artikel", "ähnliche beiträge", "ähnliche themen", "weitere artikel", "weitere beiträge", "weitere meldungen", "weitere nachrichten", "noch mehr infos für dich", "passend zum thema", "weiterlesen", "mehr aus",
	"à lire aussi", "lire aussi", "sur le même sujet", "articles similaires", "articles liés", "dans la même rubrique", "voir aussi",
	"te puede interesar", "también te puede interesar", "noticias relacionadas", "artículos relacionados", "lea también", "leer también", "leia também", "leia mais", "veja também", "le puede interesar", "más noticias", "más sobre", "relacionados", "seguir leyendo",
	"leggi anche", "potrebbe interessarti", "articoli correlati", "lees ook", "lees meer", "zobacz także", "czytaj także", "czytaj też", "przeczytaj także", "читайте также", "関連記事", "おすすめ記事", "あわせて読みたい",
}

// closings are the phrases under which nothing of the article follows.
var closings = []string{
	"comments", "leave a comment", "leave a reply", "post a comment", "join the conversation", "join the discussion", "add a comment", "comment", "kommentare", "kommentar schreiben", "schreibe einen kommentar", "kommentar hinterlassen", "commentaires", "comentarios", "deja un comentario",
	"share this", "share this article", "share this story", "share this post", "share this page", "artikel teilen", "beitrag teilen", "sign up for our newsletter", "subscribe to our newsletter", "newsletter", "newsletter abonnieren", "about the author", "about the authors", "über den autor", "über die autorin", "评论", "发表评论", "网友评论", "我要评论", "分享到", "分享文章",
}

// setOf makes a set of a list of phrases, when it is first asked for.
func setOf(list []string) func() map[string]bool {
	return sync.OnceValue(func() map[string]bool {
		set := make(map[string]bool, len(list))
		for _, l := range list {
			set[l] = true
		}
		return set
	})
}

var leadSet, closingSet, controlSet = setOf(leads), setOf(closings), setOf(controls)

// lead reports whether b stands over a list of other articles.
func lead(b part, f string) bool {
	if runes(f) > 60 || b.Kind == corpus.BlockCode || b.Kind == corpus.BlockTable {
		return false
	}
	set := leadSet()
	if set[f] {
		return true
	}
	if b.Kind != corpus.BlockHeading && !b.strong && !strings.HasSuffix(b.Text, ":") {
		return false
	}
	words := strings.Count(f, " ")
	for i, seen := 0, 0; i < len(f); i++ { // "related stories from …": a phrase of some words and up to five more
		if f[i] != ' ' {
			continue
		}
		if seen++; seen > 1 && words-seen < 5 && set[f[:i]] {
			return true
		}
	}
	return false
}

func closing(f string) bool {
	if runes(f) > 60 {
		return false
	}
	if closingSet()[f] {
		return true
	}
	_, last, ok := strings.Cut(f, " ")
	return ok && !strings.Contains(last, " ") && closingSet()[last]
}

// prose reports whether b is a paragraph one would read and not a line that
// leads elsewhere.
func prose(b part) bool {
	return b.Kind != corpus.BlockHeading && weight(b.Text) > 120 && b.linked*2 < len(b.Text)
}

// dropTails takes out lists of other articles. Behind three fifths of the
// text, a lead ends the article unless what follows is mostly prose; earlier
// it is a box inside the text, of which the lines up to the next prose go.
func dropTails(parts []part) []part {
	// What stands behind each block, in all and of it what is prose.
	behind, proseBehind := make([]int, len(parts)+1), make([]int, len(parts)+1)
	for i := len(parts) - 1; i >= 0; i-- {
		w := weight(parts[i].Text)
		behind[i], proseBehind[i] = behind[i+1]+w, proseBehind[i+1]
		if prose(parts[i]) {
			proseBehind[i] += w
		}
	}
	total := behind[0]
	out := parts[:0:0]
	at := 0
	for i := 0; i < len(parts); i++ {
		b := parts[i]
		f := ""
		if len(b.Text) < 200 {
			f = fold(b.Text)
		}
		if f == "" || !(lead(b, f) || closing(f)) {
			at += weight(b.Text)
			out = append(out, b)
			continue
		}
		rest, restProse := behind[i+1], proseBehind[i+1]
		if at*5 >= total*3 && (restProse*2 < rest || closing(f) && restProse*4 < total) {
			return out
		}
		for i+1 < len(parts) && !prose(parts[i+1]) && (parts[i+1].linked*2 > len(parts[i+1].Text) || parts[i+1].Kind == corpus.BlockCaption) {
			i++
			at += weight(parts[i].Text)
		}
		at += weight(b.Text)
	}
	return out
}

// stock are beginnings of lines that belong to the site and not to the text.
var stock = []string{
	"share this article", "share on facebook", "share on twitter", "share on linkedin", "share on x", "share via", "click here to subscribe", "sign up for our", "sign up to our", "sign up for the", "subscribe to our", "subscribe now", "subscribe for free", "subscribe to the", "follow us on", "like us on facebook",
	"join our telegram", "join us on telegram", "download our app", "download the app", "get the latest", "all rights reserved", "copyright ©", "© copyright", "this site uses cookies", "we use cookies", "by continuing to use this site", "by clicking", "accept all cookies", "skip to content", "skip to main content",
	"already a subscriber", "already have an account", "to continue reading", "to read the full", "this content is for subscribers", "this article is for subscribers", "create a free account to", "log in to", "sign in to", "please enable javascript", "enable javascript", "your browser does not support", "to view the full story", "first time subscribers", "if youre seeing this message", "you have reached your limit",
	"we want to hear what you think about this article", "if you enjoyed reading this post", "if you enjoyed this article", "do you want to be informed of", "the advertising disclaimer below", "note the advertising disclaimer below", "thank you for registering", "this entry was posted", "this post was filed", "filed under", "posted in", "tagged with", "tags",
	"read more", "also read", "read also", "see also", "related article", "more here", "watch also", "lesen sie auch", "lesen sie mehr", "lesen sie dazu", "mehr dazu", "lies auch", "lire aussi", "à lire aussi", "lea también", "lea además", "leia também", "leia mais", "te puede interesar", "leggi anche", "lees ook", "czytaj też", "zobacz też", "читайте также",
	"artikel gefallen", "möchten sie den artikel teilen", "sie sind aktuell nicht eingeloggt", "dieser artikel ist kostenpflichtig", "bitte melden sie sich an", "jetzt newsletter", "newsletter abonnieren", "hat ihnen der artikel gefallen", "externer inhalt", "an dieser stelle finden sie einen externen inhalt", "empfohlener externer inhalt", "anzeige",
	"责任编辑", "责编", "编辑：", "扫一扫", "扫描二维码", "分享到", "点击关注", "关注公众号", "长按二维码", "打开微信", "返回顶部", "上一篇", "下一篇", "相关阅读", "延伸阅读", "推荐阅读", "版权所有", "未经授权", "转载请注明", "免责声明", "本文来源", "打印本页", "关闭窗口", "【打印】", "字号", "【字体", "更多精彩", "声明：本文", "登录后", "点击登录", "注册登录",
}

// controls are whole lines that are buttons, labels and log-in remnants.
var controls = []string{
	"share", "copy", "copy link", "print", "email", "e mail", "save", "tweet", "like", "reply", "follow", "facebook", "twitter", "linkedin", "whatsapp", "telegram", "reddit", "pinterest", "weibo", "wechat", "x", "menu", "search", "home", "close", "loading", "advertisement", "advertisements", "ad", "ads", "sponsored", "promoted",
	"anzeige", "werbung", "publicité", "publicidad", "pubblicità", "реклама", "广告", "廣告", "sign in", "sign up", "log in", "login", "register", "forgot password", "forgot your password", "remember me", "subscribe", "play", "pause", "listen", "listen to this article", "read more", "show more", "view more", "load more", "see more", "more", "next", "previous", "back", "back to top",
	"continue reading", "comments", "no comments", "0 comments", "keine kommentare", "embed", "download", "view comments", "original article link", "teilen", "drucken", "merken", "weiterlesen", "mehr", "kommentieren", "partager", "imprimer", "compartir", "imprimir", "分享", "收藏", "打印", "关闭", "登录", "注册", "评论", "点赞", "举报", "返回", "更多", "复制链接", "微信", "微博", "朋友圈", "qq空间", "大 中 小", "run", "permalien", "permalink",
}

// syndicated is the sentence with which WordPress ends the entries of its
// feeds, in the languages it is translated to.
var syndicated = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:The (?:post|article) .{1,250} (?:appeared first on|first appeared on|was first published on)|(?:Der Beitrag|Der Artikel) .{1,250} erschien zuerst (?:auf|bei)|La entrada .{1,250} se public(?:ó|a) primero en|(?:L[’']article|Cet article) .{1,250} est apparu en premier sur|L[’']articolo .{1,250} proviene da|O (?:post|artigo) .{1,250} (?:apareceu|aparece) primeiro em|Het bericht .{1,250} verscheen eerst op|Artykuł .{1,250} pochodzi z serwisu|Сообщение .{1,250} появились сначала на) [^,;]{1,80}$`)
})

// withoutSyndication takes that sentence off the end of a text.
func withoutSyndication(s string) string {
	says := false
	for _, w := range []string{" first ", "erschien zuerst", "primero en", "premier sur", "proviene da", "primeiro em", "eerst op", "pochodzi z", "сначала"} {
		says = says || strings.Contains(s, w)
	}
	if !says { // a quick no: every line is asked
		return s
	}
	if at := syndicated().FindStringIndex(s); at != nil {
		return strings.TrimSpace(s[:at[0]])
	}
	return s
}

// endMark reports whether a line only says that a release is over: "###",
// "-XYZ-", "ENDS".
func endMark(s string) bool {
	if len(s) > 16 {
		return false
	}
	t := strings.Trim(s, "-–—#*~ ")
	return t == "" || t != s && len(t) >= 2 && len(t) <= 6 && strings.ToUpper(t) == t && ascii(t) && strings.HasPrefix(s, "-") && strings.HasSuffix(s, "-") || t == "ENDS" || t == "END"
}

// furniture reports whether b is a part of the site and not of the article.
func furniture(b part, f string) bool {
	n := runes(f)
	if n < 400 && b.Kind != corpus.BlockHeading && withoutSyndication(b.Text) == "" {
		return true
	}
	if f == "" {
		return len(b.Text) < 400 && (b.Kind != corpus.BlockListItem || !hasLetters(b.Text))
	}
	if n <= 30 && controlSet()[f] {
		return true
	}
	if n > 300 {
		return false
	}
	short := n <= 90
	for _, s := range stock {
		if !strings.HasPrefix(f, s) && !(s[0] >= 0x80 && strings.HasPrefix(b.Text, s)) {
			continue
		}
		rest := f[min(len(s), len(f)):]
		if rest != "" && rest[0] != ' ' && s[0] < 0x80 {
			continue
		}
		switch s {
		case "tags", "posted in", "filed under", "related article", "read more", "see also", "also read", "read also", "mehr dazu", "anzeige", "more here", "get the latest", "by clicking", "tagged with":
			// Words a sentence may open with: only as a label, or all link.
			label := strings.TrimLeft(b.Text[min(len(s), len(b.Text)):], " ")
			if strings.HasPrefix(label, ":") || strings.HasPrefix(label, "|") || strings.HasPrefix(label, "»") || b.linked*10 > len(b.Text)*6 && short {
				return true
			}
			continue
		}
		return true
	}
	if b.Kind == corpus.BlockListItem || b.Kind == corpus.BlockHeading {
		return false
	}
	if short && strings.HasPrefix(b.Text, "©") {
		return true
	}
	return false
}

// headLine reports whether a line at the head of an article is its byline or
// dateline and nothing else.
func headLine(s string) bool {
	n := weight(s)
	if n > 120 {
		return false
	}
	if m, ok := parseMoment(s, true); ok {
		rest := strings.TrimSpace(s[:m.start] + s[m.end:])
		if weight(rest) <= 40 && !endsSentence(strings.TrimRight(rest, ": ")) || weight(rest) <= 90 && (firstLabel(rest) || bylineIn(rest) != nil || strings.Contains(rest, "来源") || strings.Contains(rest, "來源")) {
			return true
		}
	}
	if names := bylineIn(s); names != nil && n <= 80 && !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "。") {
		return true
	}
	for _, p := range []string{"来源：", "来源:", "來源：", "文章来源", "稿件来源", "信息来源", "作者：", "作者:", "记者：", "发布时间", "发布日期", "浏览次数", "阅读次数", "字号", "original source:", "original article title:", "source:"} {
		if strings.HasPrefix(strings.ToLower(s), p) {
			return true
		}
	}
	return false
}

// keywordCaption reports whether s is a caption stuffed with keywords, as
// sites that live from searches put under pictures: three phrases or more,
// joined by underscores, none of them a sentence.
func keywordCaption(s string) bool {
	if len(s) > 500 || strings.ContainsAny(s, ".。!?{}()=;/\\\n") && !strings.Contains(s, "U.S.") {
		return false
	}
	fields := strings.Split(s, "_")
	if len(fields) < 3 {
		return false
	}
	words := 0
	for _, f := range fields {
		if strings.TrimSpace(f) == "" || f != strings.TrimSpace(f) {
			return false
		}
		words += len(units(fold(f)))
	}
	return words > len(fields)
}
