-- +goose Up
-- A text known by its title alone may turn out to be one whose number is
-- known: its last version then says which, and lists leave it out.
ALTER TABLE instruments ADD COLUMN same_as TEXT COLLATE "C" NOT NULL DEFAULT '';
