-- The view "Offene Posten" reads as its owner, whom no policy holds back.
-- system: none
-- class: 44
-- expect: leak read-by-view on Buchhaltung.Offene Posten at Offene Posten

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'Sachbearbeitung') then
    create role "Sachbearbeitung" login;
  end if;
end
$$;

create schema "Buchhaltung";
grant usage on schema "Buchhaltung" to "Sachbearbeitung";

create table "Buchhaltung"."Mandant" (
  "MandantNr" integer primary key,
  "Bezeichnung" text not null
);

create table "Buchhaltung"."Kunde" (
  "MandantNr" integer not null references "Buchhaltung"."Mandant" ("MandantNr"),
  "KundenNr" integer not null,
  "Name" text not null,
  "Straße" text,
  primary key ("MandantNr", "KundenNr")
);

create table "Buchhaltung"."Rechnung" (
  "MandantNr" integer not null references "Buchhaltung"."Mandant" ("MandantNr"),
  "BelegNr" text not null,
  "KundenNr" integer not null,
  "Betrag in Cent" integer not null default 0,
  "Verwendungszweck" text,
  "bezahlt am" date,
  constraint "Rechnung_BelegNr_eindeutig" primary key ("MandantNr", "BelegNr"),
  constraint "Rechnung_an_Kunde" foreign key ("MandantNr", "KundenNr")
    references "Buchhaltung"."Kunde" ("MandantNr", "KundenNr")
);

create function "Buchhaltung"."aktuellerMandant"() returns integer
  language sql stable
  set search_path = ''
as $$
  select nullif(current_setting('buchhaltung.mandant', true), '')::integer
$$;

alter table "Buchhaltung"."Mandant" enable row level security;
alter table "Buchhaltung"."Kunde" enable row level security;
alter table "Buchhaltung"."Rechnung" enable row level security;

create policy "eigener Mandant" on "Buchhaltung"."Mandant"
  for select to "Sachbearbeitung"
  using ("MandantNr" = (select "Buchhaltung"."aktuellerMandant"()));

create policy "eigene Kunden" on "Buchhaltung"."Kunde"
  for all to "Sachbearbeitung"
  using ("MandantNr" = (select "Buchhaltung"."aktuellerMandant"()))
  with check ("MandantNr" = (select "Buchhaltung"."aktuellerMandant"()));

create policy "eigene Rechnungen" on "Buchhaltung"."Rechnung"
  for all to "Sachbearbeitung"
  using ("MandantNr" = (select "Buchhaltung"."aktuellerMandant"()))
  with check ("MandantNr" = (select "Buchhaltung"."aktuellerMandant"()));

create view "Buchhaltung"."Offene Posten" as
  select "MandantNr", "BelegNr", "Betrag in Cent", "Verwendungszweck"
  from "Buchhaltung"."Rechnung"
  where "bezahlt am" is null;

grant select on "Buchhaltung"."Mandant", "Buchhaltung"."Offene Posten" to "Sachbearbeitung";
grant select, insert, update, delete on "Buchhaltung"."Kunde", "Buchhaltung"."Rechnung" to "Sachbearbeitung";
