// Package service opens the rooms as the configuration asks for them and runs
// them: the pipeline, and the HTTP server with API, pages, health and metrics.
// Everything it keeps stands in one data folder:
//
//	regwire.db   the record, unless the configuration names PostgreSQL
//	index/       the search index; can be thrown away and rebuilt
//	lock         held by the process that works on the folder
//	serve.json   where a running service can be reached
package service
