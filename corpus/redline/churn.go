package redline

import (
	"regexp"
	"sync"
)

// patterns are what churn is known by. They are matched against whole
// sentences in normal form, in which dates, times, numbers and opaque tokens
// have been replaced by <d>, <t>, <n> and <x>; a sentence that says more than
// such a stamp is never churn.
type patterns struct {
	date, clock, number, token *regexp.Regexp
	churn                      []*regexp.Regexp
	label                      *regexp.Regexp // of a stamp whose date stands in the next block
	value                      *regexp.Regexp // that date
	hint                       *regexp.Regexp // something of what churn is made of
}

// stampNouns are what a stamp may be of; stampVerbs what was done to it. Words
// that speak of the rule itself ("amended", "effective", "revised", 施行, 修订)
// are not among them.
const (
	stampNouns = `(?:the |this |our )?(?:web ?page|web ?site|page|site|contents?|documents?|articles?|information|data|list|register|table|faqs?|file|snapshot|report|results?|prices?|figures|statistics)(?: content| data| information)?`
	stampVerbs = `(?:updated?|modified|modification|reviewed|review|checked|refreshed|refresh|generated|published|publication|posted|rendered|cached|accessed|printed|retrieved|crawled|created|edited|synced|synchroni[sz]ed|loaded|exported|downloaded)`
	stampDate  = `<d>(?:[ ,]*(?:at )?<t>)?|<t>(?:[ ,]*(?:on )?<d>)?|<n> (?:seconds?|minutes?|hours?|days?|weeks?) ago|just now|today|yesterday|a (?:moment|minute) ago`
	zhNouns    = `(?:本|該|该|此)?(?:页面|頁面|网页|網頁|网站|網站|内容|內容|页|頁|文章|文件|信息|資料|资料|数据|數據|列表|名单|名單|栏目)?`
	zhVerbs    = `(?:更新|修改|刷新|生成|产生|發布|发布|發佈|编辑|編輯|访问|訪問|打印|查询|查詢|导出|檢視|覆檢|同步|抓取|采集)`
	counted    = `(?:page ?)?(?:views?|visits?|visitors?|reads?|readers|downloads?|hits|shares?|likes?|comments?|impressions|followers|subscribers|clicks?)`
	zhCounted  = `(?:浏览|瀏覽|阅读|閱讀|访问|訪問|点击|點擊|下载|下載|转发|轉發|点赞|點讚|评论|評論|收藏|分享|观看)`
)

var known = sync.OnceValue(func() *patterns {
	const months = `(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?`
	const day = `(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? )?`
	p := &patterns{
		date:   regexp.MustCompile(`\d{4}-\d{1,2}-\d{1,2}t\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:z\b|[+-]\d{2}:?\d{2}\b)?|` + day + `\b(?:\d{4}-\d{1,2}-\d{1,2}|\d{4}/\d{1,2}/\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{4}|\d{1,2}-\d{1,2}-\d{4}|\d{1,2}(?:st|nd|rd|th)?[ -](?:of )?` + months + `[ ,-]*\d{4}|` + months + ` \d{1,2}(?:st|nd|rd|th)?,? \d{4}|` + months + ` \d{4})\b|(?:\d{4}年)?\d{1,2}月\d{1,2}日(?:[(（]?(?:星期|周)[一二三四五六日天][)）]?)?|\d{4}年\d{1,2}月`),
		clock:  regexp.MustCompile(`\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?(?: ?[ap]\.?m\b\.?)?(?: ?(?:utc|gmt|cet|cest|est|edt|et|pst|pdt|hkt|sgt|jst|kst|bst|z)\b)?(?: ?[+-]\d{1,2}:?\d{2})?|\d{1,2}[时時点點]\d{1,2}分(?:\d{1,2}秒)?`),
		token:  regexp.MustCompile(`\b[0-9a-z]*(?:\d[a-z]+\d|[a-z]\d+[a-z])[0-9a-z_-]{6,}\b|\b[0-9a-f]{8}-[0-9a-f-]{20,}\b|\b[0-9a-f]{16,}\b`),
		number: regexp.MustCompile(`\d+(?:[., ]\d+)*`),
		label:  regexp.MustCompile(`^(?:` + stampNouns + ` )?(?:last |date |time )*` + stampVerbs + `(?: date| time| on| at)*$|^` + zhNouns + `(?:最后|最後|最近|上次)?` + zhVerbs + `(?:日期|时间|時間|于|於)?$`),
		hint:   regexp.MustCompile(`\d|cookie|share|tweet|print|mail|link|facebook|advert|sponsored|promoted|^ad\b|copyright|©|\(c\)|welcome|hello|^hi\b|signed in|your ip|today|yesterday|just now|minute ago|moment ago|save|rss|^x\b|版权|版權|分享|广告|廣告|推广|微信|微博|朋友圈|打印|收藏|关闭|字号|访|瀏|浏`),
		value:  regexp.MustCompile(`^(?:` + stampDate + `)$`),
	}
	for _, e := range []string{
		// when a page was made, changed or looked at
		`^[(\[]?(?:` + stampNouns + ` )?(?:was |were |is |are |has been |have been )?(?:last |date |time |first |originally |automatically )*` + stampVerbs + `(?: date| time| on| at| by|:|-| )*(?:` + stampDate + `)(?: ?\([a-z ./+-]{1,24}\))?[)\]]?$`,
		`^` + zhNouns + `(?:最后|最後|最近|上次|于|於)*` + zhVerbs + `(?:日期|时间|時間|于|於|在)*[:\s]*(?:` + stampDate + `)(?:<t>)?$`,
		`^(?:` + stampDate + `) ?(?:` + zhVerbs + `|` + stampVerbs + `)$`,
		`^<n>(?:秒|分钟|分鐘|小时|小時|天)前(?:` + zhVerbs + `)?$`,
		`^(?:(?:(?:diese )?seite )?(?:stand|(?:wurde )?zuletzt (?:aktualisiert|geändert)(?: am)?|mis à jour le|dernière mise à jour|última actualización|最終更新日?|更新日|최종 수정일))[: ]*(?:<d>|<n>)$`,
		`^\(?(?:(?:data|information|list|status|figures|position|register|correct|valid|accurate) )*as (?:at|of)[: ]*(?:` + stampDate + `)\)?$`,
		`^[(（]?(?:数据|數據|资料|資料|名单|名單|信息)?截至[:\s]*<d>(?:<t>)?[)）]?$`,
		`^(?:today(?: is|:)|it is|now:|(?:current|local|server|system) (?:date|time|date and time)(?: is|:)?|(?:今天是|现在是|当前时间:?|系统时间:?|北京时间:?)) *(?:` + stampDate + `)[^a-z]*$`,
		`^next (?:update|refresh|page refresh)[: ]*(?:` + stampDate + `|in <n> [a-z]+)$`,
		`^(?:this )?page (?:was )?(?:generated|rendered|loaded|built|created|served) in <n> ?(?:s|ms|sec|seconds|milliseconds)?(?: .{0,40})?$`,
		// how often
		`^(?:total |number of |unique |page )*` + counted + `(?: today| this (?:week|month)| so far| count(?:er)?| number)*[: ]*<n>[km万]?$`,
		`^<n> ?[km万]?\+? (?:people )?(?:total |unique )?` + counted + `(?: today| this (?:week|month)| so far)?$`,
		`^(?:this|the|our) [a-z][a-z -]{1,40} (?:has been|have been|was|were) (?:viewed|read|visited|downloaded|shared|printed|bookmarked) (?:over |about |more than )?<n>[km]? times(?: .{0,20})?$`,
		`^this (?:page|article|document|notice) (?:has been|was) accessed <n> times(?: .{0,20})?$`,
		`^<n> (?:of <n> )?(?:people|users|readers)?(?: have)? ?(?:found this (?:page |article )?(?:helpful|useful)|like this|online(?: now)?)$`,
		`^(?:rate (?:this (?:page|article))?|rating|rated)[: ]*<n> ?(?:out of|of|/) ?<n>(?: stars?)?(?: ?\(<n> (?:votes?|ratings?|reviews?)\))?$`,
		`^<n>人(?:中有<n>人)?(?:觉得|覺得|认为|認為)(?:此文|本文)?(?:有帮助|有幫助|有用)$`,
		`^(?:这篇|這篇|此|本)(?:文章|页面|頁面|文)(?:对您|對您)?(?:有没有|有沒有|是否)?(?:有帮助|有幫助|有用)(?:吗|嗎)?[?？]?$`,
		`^(?:you are )?(?:visitor|guest) (?:number|no|#|count(?:er)?)[.: #]*<n>$`,
		`^(?:users|visitors|guests) online[: ]*<n>$`,
		`^(?:本文|本篇|本頁|本页|本站|文章|页面|頁面|网站|網站|已|被|共|总|總|累计|累計|今日|本月)*` + zhCounted + `(?:总|總)?(?:人次|次数|次數|次|量|人数|人數|数|數|:)*[: ]*<n>[万萬]?(?:次|人|人次)?$`,
		`^(?:本文|本篇|本頁|本页|文章)?(?:已有|共有|已被|共|已)?<n>[万萬]?(?:次|人|人次)?(?:已)?` + zhCounted + `$`,
		`^您是(?:本站|本网站|本網站)?第<n>位(?:访问者|訪問者|访客|訪客|浏览者|瀏覽者)$`,
		`^(?:<n>|<t>)[ -]?min(?:ute)?s? (?:read|to read)$`,
		`^(?:estimated )?reading time[: ]*(?:about )?<n> min(?:ute)?s?$`,
		`^(?:预计|預計)?(?:阅读|閱讀)(?:时间|時間|时长)[: ]*(?:约)?<n>分[钟鐘]$`,
		// for whom the page was drawn
		`^(?:session|request|ray|trace|correlation|visitor|client|nonce|token|csrf|server|node|instance|build|support)(?: ?(?:id|no|number|token|ref|version))*[.: #]*(?:<[xn]>[ .-]*)+$`,
		`^(?:reference|transaction|page|incident|error)(?: ?(?:id|no|number|token|ref))*[.: #]*<x>$`,
		`^(?:会话|會話|请求|請求|追踪|流水|访问|服务器)(?:编号|編號|标识|号|id)[: ]*(?:<[xn]>[.-]*)+$`,
		`^<x>$`,
		`^(?:you are signed in as|signed in as|welcome back|hello|hi),? .{1,30}$`,
		`^your ip(?: address)?(?: is)?[: ]*[0-9a-f.:<>n]+$`,
		// the frame of a site
		`^(?:copyright |©|\(c\)|版权所有|版權所有).{0,160}$`,
		`^.{0,60}(?:©|\(c\)) ?<n>.{0,100}$`,
		`^(?:we|this (?:web ?)?site|our (?:web ?)?site) uses? (?:\w+ ){0,3}cookies?\b.{0,400}$`,
		`^(?:by (?:continuing|using|clicking)|if you continue)\b.{0,200}\bcookies?\b.{0,200}$`,
		`^(?:accept|reject|manage|allow|decline|essential|necessary)(?: all| only)? cookies?(?: settings| preferences| only)?$`,
		`^cookies? (?:settings|preferences|policy|notice|consent)$`,
		`^(?:本|我们的)?(?:网站|網站|站)(?:会)?使用(?:了)?cookies?.{0,200}$`,
		`^(?:advertisements?|sponsored|promoted|sponsored content|ad|广告|廣告|推广)(?: by .{1,60}|[:-].{1,80})?$`,
		`^(?:(?:share|share this|share on|tweet|email|e-mail|print|copy link|copy|facebook|twitter|x|linkedin|whatsapp|telegram|reddit|pinterest|wechat|weibo|follow us|rss|line|download pdf|save|分享|分享到|打印|微信|微博|朋友圈|qq空间|收藏|关闭|字号|大|中|小)[:| /,+-]*)+$`,
	} {
		p.churn = append(p.churn, regexp.MustCompile(e))
	}
	return p
})

// canonical replaces in a sentence of normal form what changes in stamps.
func (p *patterns) canonical(n string) string {
	n = p.date.ReplaceAllString(n, "<d>")
	n = p.clock.ReplaceAllString(n, "<t>")
	n = p.token.ReplaceAllString(n, "<x>")
	return p.number.ReplaceAllString(n, "<n>")
}

// maxStamp is the longest sentence that is looked at as a stamp, in bytes.
const maxStamp = 500

// stamp reports whether a sentence in normal form is churn.
func stamp(n string) bool {
	if len(n) > maxStamp {
		return false
	}
	p := known()
	if !p.hint.MatchString(n) { // a quick no
		return false
	}
	c := p.canonical(n)
	for _, e := range p.churn {
		if e.MatchString(c) {
			return true
		}
	}
	return false
}

// stampLabel and stampValue know a stamp that is cut in two blocks.
func stampLabel(n string) bool { return len(n) < 60 && known().label.MatchString(n) }

func stampValue(n string) bool {
	return len(n) < 60 && known().value.MatchString(known().canonical(n))
}
