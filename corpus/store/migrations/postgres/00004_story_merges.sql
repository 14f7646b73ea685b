-- A later article may show that two stories are one: the younger then ends in
-- the older. Its row stays, so that what was written of it leads on, and says
-- by which article it ended, so that the index can follow.
-- +goose Up

ALTER TABLE stories ADD COLUMN merged_into TEXT REFERENCES stories (id);
ALTER TABLE stories ADD COLUMN merged_by TEXT REFERENCES articles (id);
CREATE INDEX stories_merged_into ON stories (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX stories_merged_by ON stories (merged_by) WHERE merged_by IS NOT NULL;
