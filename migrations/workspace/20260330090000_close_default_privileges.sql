-- Closes the door that half of the recommendations went through: what is made from now on is open to nobody until somebody grants it.

alter default privileges in schema public revoke all on tables from anon, authenticated;
alter default privileges in schema public revoke all on sequences from anon, authenticated;
alter default privileges in schema public revoke execute on functions from anon, authenticated;
alter default privileges revoke execute on functions from public;

-- And the sequences that are there.
revoke all on all sequences in schema public from anon, authenticated;
