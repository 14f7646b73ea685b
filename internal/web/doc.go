// Package web serves the pages people look at: search, events, instruments,
// articles, signals and the health of sources.
//
// Pages are rendered on the server with html/template from one layout; they
// work without JavaScript, and there is none. Text from the web is escaped
// again at render and links lead only to http and https addresses. The style
// sheet is embedded and served under a hash of its content.
package web
