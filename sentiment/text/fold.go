package text

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Fold maps a character to the form in which texts are compared: lower case,
// full-width forms as ASCII, curly quotes and dashes straight, every kind of
// space as ' ' (but '\n', which ends a block), and the traditional Chinese
// characters common in financial news as simplified ones. It maps one
// character to one character, so offsets into the original are never lost.
func Fold(r rune) rune {
	if r < utf8.RuneSelf {
		switch {
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		case r == '\t' || r == '\r':
			return ' '
		}
		return r
	}
	switch {
	case 0xff01 <= r && r <= 0xff5e:
		return Fold(r - 0xff01 + '!')
	case r == '\u00a0' || r == '\u3000' || 0x2000 <= r && r <= 0x200a || r == '\u202f':
		return ' '
	case r == '’' || r == '‘' || r == '`':
		return '\''
	case r == '“' || r == '”':
		return '"'
	case 0x2010 <= r && r <= 0x2015 || r == '−':
		return '-'
	case IsHan(r):
		if hanFirst <= r && r < hanFirst+hanCount {
			if s := simplified()[r-hanFirst]; s != 0 {
				return s
			}
		}
		return r
	}
	return unicode.ToLower(r)
}

// FoldString folds every character of s. The result may differ in length.
func FoldString(s string) string { return strings.Map(Fold, s) }

// simplified maps traditional characters, counted from U+4E00, to simplified
// ones; 0 elsewhere.
var simplified = sync.OnceValue(func() *[hanCount]rune {
	m := new([hanCount]rune)
	for pair := range strings.FieldsSeq(simplifiedPairs) {
		r := []rune(pair)
		m[r[0]-hanFirst] = r[1]
	}
	return m
})

const (
	hanFirst = 0x4e00
	hanCount = 0x9fff - hanFirst + 1
)

// simplifiedPairs are traditional characters with their simplified forms: those
// that occur in names and words of finance, law and technology. It is no full
// conversion; characters whose simplified form depends on the word are left
// out. Written for this project; reviewed 2026-11.
const simplifiedPairs = "" +
	"幣币 證证 監监 會会 國国 際际 銀银 貨货 鈔钞 財财 經经 濟济 務务 業业 產产 資资 貸贷 債债 險险 規规 則则 準准 標标 條条 約约 執执 罰罚 訴诉 訟讼 審审 議议 調调 責责 嚴严 關关 於于 對对 應应 為为 來来 " +
	"東东 門门 開开 閉闭 啟启 動动 過过 運运 進进 還还 連连 環环 遠远 選选 擇择 區区 塊块 鏈链 錢钱 鐵铁 鎖锁 錄录 鑄铸 礦矿 農农 場场 戶户 賬账 帳账 單单 據据 報报 價价 漲涨 騰腾 飆飙 創创 歷历 歲岁 紀纪 " +
	"極极 熱热 樂乐 觀观 強强 勢势 轉转 換换 買买 賣卖 訂订 購购 獲获 損损 虧亏 緊紧 縮缩 擴扩 張张 寬宽 鬆松 減减 壓压 與与 個个 們们 兩两 萬万 億亿 點点 線线 網网 絡络 絲丝 頻频 電电 話话 視视 頭头 訊讯 " +
	"號号 談谈 論论 評评 計计 劃划 設设 備备 員员 長长 總总 統统 處处 廳厅 級级 團团 體体 組组 織织 協协 聯联 導导 發发 佈布 頒颁 擬拟 擋挡 擊击 擔担 專专 題题 屆届 屬属 層层 實实 現现 質质 驗验 說说 認认 " +
	"識识 誤误 讓让 變变 輪轮 軟软 輕轻 較较 載载 輸输 轄辖 辦办 適适 遞递 遷迁 達达 違违 遊游 遲迟 領领 頂顶 項项 順顺 須须 預预 頓顿 額额 願愿 類类 顯显 風风 飛飞 養养 馬马 駐驻 驟骤 鬥斗 魚鱼 鮮鲜 鳥鸟 " +
	"麗丽 黃黄 黨党 齊齐 齡龄 龍龙 龐庞 壇坛 壞坏 塵尘 墜坠 壘垒 夢梦 奪夺 奮奋 婦妇 媽妈 嬌娇 孫孙 學学 寧宁 寫写 寶宝 將将 尋寻 屜屉 島岛 嶺岭 幹干 幾几 庫库 廠厂 廢废 廣广 彈弹 彌弥 彎弯 徑径 從从 復复 " +
	"徵征 徹彻 恆恒 惡恶 惱恼 慘惨 慮虑 憂忧 懷怀 懸悬 戰战 戲戏 拋抛 挾挟 捨舍 掃扫 掛挂 採采 揚扬 揮挥 搖摇 搶抢 摯挚 撐撑 撥拨 擾扰 攝摄 攤摊 攜携 敗败 數数 斷断 時时 晉晋 暫暂 曉晓 術术 機机 殺杀 權权 " +
	"構构 槓杠 桿杆 樁桩 樓楼 樣样 橋桥 檔档 檢检 欄栏 歐欧 歡欢 歸归 殘残 毀毁 氣气 決决 沒没 沖冲 況况 洩泄 測测 湧涌 溫温 滅灭 滿满 漁渔 漢汉 漸渐 潔洁 潛潜 澤泽 濫滥 災灾 無无 爭争 爾尔 牆墙 狀状 獎奖 " +
	"獨独 獻献 瑪玛 異异 當当 疊叠 療疗 盜盗 盡尽 盤盘 眾众 睜睁 瞞瞒 確确 碼码 禍祸 禦御 種种 稅税 稱称 穩稳 窮穷 競竞 筆笔 簡简 簽签 籌筹 糧粮 糾纠 納纳 紐纽 純纯 紙纸 紛纷 細细 終终 結结 絕绝 給给 維维 " +
	"緒绪 編编 緩缓 縣县 縱纵 績绩 繳缴 續续 罷罢 羅罗 義义 習习 聖圣 聞闻 聲声 職职 肅肃 脅胁 腳脚 腦脑 膽胆 臨临 興兴 舉举 艙舱 藝艺 節节 蓋盖 薦荐 虛虚 蘇苏 蘭兰 蝕蚀 衛卫 衝冲 補补 裝装 裡里 製制 複复 " +
	"覺觉 觸触 討讨 訓训 記记 訪访 許许 診诊 詐诈 詞词 試试 該该 詳详 誠诚 語语 請请 諮咨 諾诺 謀谋 謂谓 講讲 譯译 護护 讀读 貪贪 貫贯 貧贫 貼贴 貿贸 費费 賠赔 賢贤 賴赖 贊赞 贏赢 贖赎 跡迹 踐践 蹤踪 車车 " +
	"軌轨 軍军 軸轴 輔辅 輝辉 邊边 邏逻 遺遗 郵邮 鄰邻 釋释 針针 銷销 鋒锋 鋪铺 錯错 錶表 鍵键 鎊镑 鐘钟 鑑鉴 鑒鉴 閃闪 間间 閱阅 闆板 闖闯 陣阵 陰阴 陳陈 陸陆 陽阳 隊队 階阶 隨随 隱隐 雖虽 雙双 雜杂 離离 " +
	"難难 雲云 霧雾 靜静 韓韩 響响 顆颗 顧顾 餘余 館馆 驅驱 騙骗 鹽盐 麥麦 偽伪 佔占 傳传 償偿 優优 傷伤 儲储 凍冻 別别 剛刚 劇剧 勞劳 勝胜 勵励 勸劝 匯汇 滙汇 華华 蕭萧 吳吴 楊杨 劉刘 趙赵 鄧邓 鵬鹏 偉伟 " +
	"鳳凤 儀仪 傑杰 莊庄 鴻鸿 灣湾 臺台 萊莱 貶贬 賭赌 謠谣 詢询 誌志 讚赞 輿舆 辭辞 錦锦 銘铭 鏟铲 駭骇 並并 亂乱 亞亚 係系 倉仓 倫伦 側侧 偵侦 傾倾 僅仅 僑侨 儘尽 內内 冊册 凱凯 刪删 劍剑 勁劲 嘗尝 噴喷 " +
	"壯壮 夥伙 奧奥 宮宫 屢屡 幟帜 後后 愛爱 態态 慣惯 慶庆 憑凭 憲宪 懲惩 棄弃 榮荣 槍枪 欽钦 殼壳 滯滞 潰溃 煉炼 煩烦 營营 牽牵 猶犹 畫画 瘋疯 禮礼 穫获 竊窃 範范 築筑 篩筛 紅红 綁绑 綠绿 繫系 纏缠 蔣蒋 " +
	"藥药 謊谎 譽誉 豐丰 賊贼 賞赏 賓宾 賄贿 贈赠 躍跃 辯辩 這这 週周 鄭郑 鍊链 鎮镇 頹颓 駁驳 駕驾 驚惊 鴿鸽 鷹鹰 麼么 樹树 燒烧 銳锐 鑽钻 鉅巨 囉啰 圓圆 圖图 濱滨 爐炉 獅狮 盧卢 礎础 禪禅 積积 稟禀 窩窝 " +
	"紹绍 絞绞 緯纬 繼继 罵骂 聰聪 蟲虫 謹谨 譚谭 豬猪 賽赛 躉趸 輯辑 遙遥 鄔邬 釘钉 銅铜 銹锈 鋼钢 錨锚 鍋锅 閘闸 陝陕 雞鸡 頌颂 飯饭 飼饲 騷骚 鬧闹 鯨鲸 " +
	"溝沟 圍围 鍰锾 摜掼 負负 羈羁 託托 課课 籲吁 淨净 隻只 遜逊 甦苏 薩萨 藍蓝 斬斩 嗆呛 厭厌 書书 擺摆 見见 闌阑 籠笼 畢毕 擠挤 兌兑 師师 贓赃 燈灯 舊旧 誹诽 謗谤 帶带 脹胀 瀏浏 覽览 紓纾 寢寝 墊垫 嘆叹 噸吨 嚇吓 囑嘱 園园 墻墙 娛娱 寵宠 屍尸 崗岗 嶄崭 " +
	"嵐岚 嶼屿 巔巅 帥帅 幀帧 弒弑 彥彦 悅悦 憤愤 懶懒 懼惧 戀恋 捲卷 掙挣 揀拣 搗捣 撈捞 撫抚 撲扑 擁拥 擱搁 擲掷 攏拢 攔拦 攢攒 敵敌 斂敛 晝昼 暈晕 暢畅 曠旷 朧胧 棧栈 棟栋 楓枫 槳桨 樞枢 樸朴 橫横 櫃柜 歎叹 殞殒 殲歼 毆殴 氫氢 洶汹 淚泪 淪沦 淵渊 渙涣 " +
	"渦涡 滾滚 滲渗 漿浆 潑泼 澀涩 澆浇 濃浓 濤涛 瀉泻 瀕濒 灑洒 烏乌 煙烟 熾炽 爛烂 牘牍 犧牺 璽玺 瓊琼 甕瓮 畝亩 疇畴 瘧疟 癱瘫 皺皱 瞭了 矚瞩 磚砖 礙碍 祿禄 窺窥 竄窜 籃篮 粵粤 紋纹 絆绊 綜综 綢绸 緝缉 縫缝 繞绕 繪绘 羨羡 翹翘 聳耸 聾聋 脈脉 膠胶 膚肤 " +
	"臉脸 舖铺 艦舰 艱艰 芻刍 莖茎 葉叶 蒐搜 蒼苍 蔭荫 藉借 蘆芦 蝦虾 蠟蜡 蠶蚕 襲袭 親亲 訛讹 訣诀 詭诡 誇夸 誘诱 誣诬 謬谬 謙谦 謝谢 譜谱 譴谴 讒谗 貝贝 貞贞 賀贺 賃赁 賦赋 賺赚 贅赘 趕赶 趨趋 踴踊 軋轧 軒轩 輛辆 輩辈 輻辐 轟轰 轎轿 迴回 鄉乡 醜丑 醫医 " +
	"釀酿 鈍钝 鉤钩 銬铐 鋸锯 錘锤 鍍镀 鏡镜 鑲镶 閒闲 閥阀 閣阁 闊阔 闕阙 隕陨 隸隶 靈灵 韌韧 頁页 頑顽 頗颇 頸颈 顛颠 飄飘 飢饥 飽饱 駛驶 騎骑 驕骄 髒脏 髮发 鬱郁 魯鲁 鯉鲤 鷗鸥 麵面 齒齿 龜龟 賁贲 壟垄 穎颖 贗赝 懇恳 慟恸 憊惫 慪怄 潤润 濁浊 獵猎 瑣琐 " +
	"璣玑 瓏珑 祕秘 稜棱 箋笺 綱纲 繩绳 纜缆 臟脏 蕩荡 蟬蝉 衆众 裊袅 裏里 覓觅 訝讶 詛诅 詫诧 諒谅 賂赂 蹺跷 輟辍 遼辽 鎂镁 鏽锈 闢辟 雛雏 韋韦 頰颊 骯肮 鳴鸣 鹼碱 黴霉 嚐尝 啞哑 喪丧 喬乔 嘩哗 嘯啸 塗涂 墾垦 壩坝 夠够 奩奁 姦奸 孿孪 峽峡 幫帮 廈厦 彙汇 " +
	"憐怜 拚拼 掄抡 搾榨 攪搅 斃毙 殭僵 滬沪 濾滤 燦灿 牠它 獄狱 瑤瑶 癮瘾 矯矫 碩硕 竅窍 籤签 絀绌 緲缈 縝缜 罌罂 膩腻 蔔卜 觴觞 誼谊 謄誊 貯贮 賑赈 轍辙 醞酝 鉗钳 鋁铝 鍾钟 鐲镯 闔阖 雋隽 顫颤 饋馈 饑饥 鬚须 齣出 "
