-- A phone number is unique in the whole product: whoever tries one learns whether another organization has it.
-- system: voxanne
-- class: 71
-- expect: leak unique-key on public.user_phone_numbers at user_phone_numbers_phone_number_key

alter table public.user_phone_numbers add constraint user_phone_numbers_phone_number_key unique (phone_number);
