// Package evaluate measures how well regwire reads, against labels a person
// gave: pages and the articles in them, sentences and the sentiment in them,
// headlines and passages and what happened in them, articles and the stories
// they belong to.
//
// A labelled set goes in, a report comes out: figures with the number of
// cases they stand on, never a verdict. Nothing here is read by the service,
// and nothing here changes what is measured. The files' formats stand beside
// the function that reads each.
package evaluate
