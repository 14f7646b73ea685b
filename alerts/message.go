package alerts

import (
	"encoding/base64"
	"io"
	"net/mail"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"

	"github.com/regwire/regwire/corpus"
)

// WriteMessage writes the notification as an Internet message (RFC 5322,
// multipart/alternative), byte for byte as it is delivered: the same
// notification always makes the same bytes.
func WriteMessage(w io.Writer, n corpus.Notification, cfg Config) error {
	msg, err := message(n, cfg.withDefaults())
	if err != nil {
		return err
	}
	_, err = msg.WriteTo(w)
	return err
}

// message builds the mail of a notification. Nothing that comes from an event
// gets into a header but the subject, which is cleaned here once more, and
// identifiers, which are digests.
func message(n corpus.Notification, cfg Config) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithBoundary(corpus.Digest("regwire-", n.Key)))
	if err := msg.From(cfg.SMTP.From); err != nil {
		return nil, &SendError{ReasonMalformed, err}
	}
	if err := msg.To(n.To...); err != nil {
		return nil, &SendError{ReasonMalformed, err}
	}
	setSubject(msg, cleanHeader(n.Subject))
	msg.SetDateWithValue(n.CreatedAt.UTC().Truncate(time.Second))
	msg.SetMessageIDWithValue(cleanHeader(n.MessageID))
	if n.Thread != "" {
		thread := "<" + cleanHeader(n.Thread) + ">"
		msg.SetGenHeader(gomail.HeaderInReplyTo, thread)
		msg.SetGenHeader(gomail.HeaderReferences, thread)
	}
	msg.SetGenHeader("X-Regwire-Event", cleanHeader(string(n.Event)))
	// RFC 3834: vacation notices and the like do not answer such mail.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	if address := unsubscribeURL(cfg, n.Receiver); address != "" {
		msg.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+address+">")
	}
	msg.SetBodyString(gomail.TypeTextPlain, n.Text, gomail.WithPartEncoding(encoding(n.Text)))
	if n.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, n.HTML, gomail.WithPartEncoding(encoding(n.HTML)))
	}
	return msg, nil
}

// setSubject writes a subject outside ASCII as encoded words (RFC 2047), the
// first short enough to stand on the line of the header's name. The library
// would begin on a line below, and some mail readers show that break as a space
// before the subject.
func setSubject(msg *gomail.Msg, s string) {
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) {
		msg.Subject(s)
		return
	}
	const room = 39 // bytes: 52 in base64, with 12 around them and "Subject: " before, within 76
	word := func(s string) string { return "=?UTF-8?B?" + base64.StdEncoding.EncodeToString([]byte(s)) + "?=" }
	var words []string
	start := 0
	for i, r := range s {
		if i+utf8.RuneLen(r)-start > room {
			words = append(words, word(s[start:i]))
			start = i
		}
	}
	words = append(words, word(s[start:]))
	msg.SetGenHeaderPreformatted(gomail.HeaderSubject, strings.Join(words, "\r\n "))
}

// encoding picks the shorter transfer encoding: quoted-printable takes three
// bytes for each byte outside ASCII, base64 four for three of any.
func encoding(s string) gomail.Encoding {
	if outside := len(s) - utf8.RuneCountInString(s); outside > len(s)/10 {
		return gomail.EncodingB64
	}
	return gomail.EncodingQP
}

// eventURL is where people read on.
func eventURL(base string, id corpus.EventID) string {
	return base + "/events/" + url.PathEscape(string(id))
}

// unsubscribeURL is how a receiver asks to be told no more: by mail to the
// sender (RFC 2369 section 3.2), since receivers are the operator's to
// configure. It is empty when nobody reads the sender's mail.
func unsubscribeURL(cfg Config, receiver string) string {
	from, err := mail.ParseAddress(cfg.SMTP.From)
	if err != nil || cfg.SMTP.From == defaultFrom {
		return ""
	}
	u := url.URL{Scheme: "mailto", Opaque: url.PathEscape(from.Address), RawQuery: "subject=" + url.PathEscape("unsubscribe "+receiver)}
	return u.String()
}
