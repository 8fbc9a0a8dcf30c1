-- A key is unique in the whole product, on a table that members read alike and only the backend writes.
-- system: voxanne
-- expect: clean

create unique index voice_options_name_language_key on public.voice_options (name, language, provider_voice_id);
