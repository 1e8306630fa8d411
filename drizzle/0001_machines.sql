CREATE TABLE `connected_apps` (
	`id` text PRIMARY KEY NOT NULL,
	`template` text NOT NULL,
	`description` text NOT NULL,
	`issuer` text NOT NULL,
	`metadata_url` text,
	`resource_scopes` text,
	`registration` text NOT NULL,
	`sealed_secret` text,
	`created_at` integer NOT NULL,
	`disabled_at` integer
);
--> statement-breakpoint
CREATE TABLE `connections` (
	`id` text PRIMARY KEY NOT NULL,
	`app_id` text NOT NULL,
	`person_id` text NOT NULL,
	`issuer` text NOT NULL,
	`sealed` text,
	`scopes` text NOT NULL,
	`expires_at` integer,
	`account` text,
	`state` text NOT NULL,
	`reason` text,
	`failed_at` integer,
	`fence` integer NOT NULL,
	`settled_fence` integer NOT NULL,
	`lease_until` integer NOT NULL,
	`leased_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`refreshed_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `connections_by_app` ON `connections` (`app_id`,`person_id`);--> statement-breakpoint
CREATE INDEX `connections_by_app_age` ON `connections` (`app_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `connections_by_person` ON `connections` (`person_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `connections_by_age` ON `connections` (`created_at`);--> statement-breakpoint
CREATE TABLE `daily_counts` (
	`day` text NOT NULL,
	`name` text NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`day`, `name`)
);
--> statement-breakpoint
CREATE TABLE `api_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`person_id` text NOT NULL,
	`name` text NOT NULL,
	`scopes` text NOT NULL,
	`secret_hash` text NOT NULL,
	`created_at` integer NOT NULL,
	`born_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`last_used_at` integer
);
--> statement-breakpoint
CREATE INDEX `api_keys_by_person` ON `api_keys` (`person_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `api_keys_by_age` ON `api_keys` (`created_at`);--> statement-breakpoint
CREATE INDEX `api_keys_by_expiry` ON `api_keys` (`expires_at`);--> statement-breakpoint
CREATE TABLE `initial_access_tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`hash` text NOT NULL,
	`name` text NOT NULL,
	`uses_left` integer NOT NULL,
	`taken_by` text NOT NULL,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `initial_access_tokens_hash_unique` ON `initial_access_tokens` (`hash`);--> statement-breakpoint
CREATE TABLE `issuer_subjects` (
	`issuer` text NOT NULL,
	`subject` text NOT NULL,
	`person_id` text NOT NULL,
	PRIMARY KEY(`issuer`, `subject`)
);
--> statement-breakpoint
CREATE TABLE `passkeys` (
	`id` text PRIMARY KEY NOT NULL,
	`credential_id` text NOT NULL,
	`person_id` text NOT NULL,
	`name` text NOT NULL,
	`public_key` text NOT NULL,
	`counter` integer NOT NULL,
	`transports` text NOT NULL,
	`synced` integer NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `passkeys_credential_id_unique` ON `passkeys` (`credential_id`);--> statement-breakpoint
CREATE INDEX `passkeys_by_person` ON `passkeys` (`person_id`);--> statement-breakpoint
CREATE TABLE `resources` (
	`id` text PRIMARY KEY NOT NULL,
	`description` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `trusted_issuers` (
	`issuer` text PRIMARY KEY NOT NULL,
	`trust` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `device_codes` (
	`id` text PRIMARY KEY NOT NULL,
	`device_code_hash` text NOT NULL,
	`user_code_hash` text NOT NULL,
	`client_id` text NOT NULL,
	`scopes` text NOT NULL,
	`resources` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`interval` integer NOT NULL,
	`polled_at` integer NOT NULL,
	`decision` text,
	`decided_at` integer,
	`person_id` text,
	`session_id` text,
	`auth_time` integer,
	`grant_id` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `device_codes_device_code_hash_unique` ON `device_codes` (`device_code_hash`);--> statement-breakpoint
CREATE UNIQUE INDEX `device_codes_user_code_hash_unique` ON `device_codes` (`user_code_hash`);--> statement-breakpoint
CREATE INDEX `device_codes_by_expiry` ON `device_codes` (`expires_at`);--> statement-breakpoint
CREATE TABLE `logout_deliveries` (
	`session_id` text NOT NULL,
	`client_id` text NOT NULL,
	`person_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`attempts` integer NOT NULL,
	`due_at` integer NOT NULL,
	`done_at` integer,
	`problem` text,
	PRIMARY KEY(`session_id`, `client_id`)
);
--> statement-breakpoint
CREATE INDEX `logout_deliveries_by_due` ON `logout_deliveries` (`done_at`,`due_at`);--> statement-breakpoint
CREATE INDEX `logout_deliveries_by_age` ON `logout_deliveries` (`created_at`);--> statement-breakpoint
CREATE TABLE `pushed_requests` (
	`id` text PRIMARY KEY NOT NULL,
	`uri_hash` text NOT NULL,
	`client_id` text NOT NULL,
	`parameters` text NOT NULL,
	`expires_at` integer NOT NULL,
	`answered_by` text,
	`rest` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `pushed_requests_uri_hash_unique` ON `pushed_requests` (`uri_hash`);--> statement-breakpoint
CREATE INDEX `pushed_requests_by_expiry` ON `pushed_requests` (`expires_at`);--> statement-breakpoint
CREATE TABLE `person_identities` (
	`id` text PRIMARY KEY NOT NULL,
	`login_id` text NOT NULL,
	`issuer` text NOT NULL,
	`subject` text NOT NULL,
	`person_id` text NOT NULL,
	`account` text,
	`created_at` integer NOT NULL,
	`last_used_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `person_identities_by_subject` ON `person_identities` (`login_id`,`issuer`,`subject`);--> statement-breakpoint
CREATE INDEX `person_identities_by_person` ON `person_identities` (`person_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `person_identities_by_login` ON `person_identities` (`login_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `person_identities_by_age` ON `person_identities` (`created_at`);--> statement-breakpoint
CREATE TABLE `social_logins` (
	`id` text PRIMARY KEY NOT NULL,
	`provider` text NOT NULL,
	`description` text NOT NULL,
	`issuer` text,
	`metadata_url` text,
	`client_id` text,
	`auth_method` text NOT NULL,
	`sealed_secret` text,
	`created_at` integer NOT NULL,
	`disabled_at` integer
);
--> statement-breakpoint
DROP INDEX `grants_by_person`;--> statement-breakpoint
ALTER TABLE `grants` ADD `claims` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `grants` ADD `jkt` text;--> statement-breakpoint
CREATE INDEX `grants_by_consent` ON `grants` (`person_id`,`client_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `grants_by_session` ON `grants` (`session_id`);--> statement-breakpoint
CREATE INDEX `grants_by_client` ON `grants` (`client_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `grants_by_age` ON `grants` (`created_at`);--> statement-breakpoint
CREATE INDEX `grants_by_person` ON `grants` (`person_id`,`created_at`);--> statement-breakpoint
DROP INDEX `sessions_by_person`;--> statement-breakpoint
ALTER TABLE `sessions` ADD `amr` text DEFAULT '["pwd"]' NOT NULL;--> statement-breakpoint
ALTER TABLE `sessions` ADD `user_agent` text;--> statement-breakpoint
CREATE INDEX `sessions_by_age` ON `sessions` (`auth_time`);--> statement-breakpoint
CREATE INDEX `sessions_by_person` ON `sessions` (`person_id`,`auth_time`);--> statement-breakpoint
PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`grant_id` text,
	`client_id` text NOT NULL,
	`person_id` text,
	`scopes` text NOT NULL,
	`resource` text NOT NULL,
	`issued_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`revoked_at` integer
);
--> statement-breakpoint
INSERT INTO `__new_tokens`("id", "grant_id", "client_id", "person_id", "scopes", "resource", "issued_at", "expires_at", "revoked_at") SELECT "id", "grant_id", "client_id", "person_id", "scopes", "resource", "issued_at", "expires_at", "revoked_at" FROM `tokens`;--> statement-breakpoint
DROP TABLE `tokens`;--> statement-breakpoint
ALTER TABLE `__new_tokens` RENAME TO `tokens`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
CREATE INDEX `tokens_by_expiry` ON `tokens` (`expires_at`);--> statement-breakpoint
CREATE INDEX `tokens_by_grant` ON `tokens` (`grant_id`,`expires_at`);--> statement-breakpoint
CREATE INDEX `tokens_by_client` ON `tokens` (`client_id`,`expires_at`);--> statement-breakpoint
CREATE INDEX `tokens_by_person` ON `tokens` (`person_id`,`expires_at`);--> statement-breakpoint
ALTER TABLE `clients` ADD `previous_secret_hash` text;--> statement-breakpoint
ALTER TABLE `clients` ADD `previous_secret_until` integer;--> statement-breakpoint
ALTER TABLE `clients` ADD `registration_token_hash` text;--> statement-breakpoint
ALTER TABLE `clients` ADD `acts_as` text;--> statement-breakpoint
ALTER TABLE `clients` ADD `exchange` text;--> statement-breakpoint
ALTER TABLE `clients` ADD `search_name` text GENERATED ALWAYS AS (lower(coalesce("metadata" ->> '$.client_name', ''))) VIRTUAL;--> statement-breakpoint
ALTER TABLE `clients` ADD `search_address` text GENERATED ALWAYS AS (lower(substr(coalesce("metadata" ->> '$.redirect_uris[0]', ''), instr(coalesce("metadata" ->> '$.redirect_uris[0]', ''), '://') + 3))) VIRTUAL;--> statement-breakpoint
CREATE INDEX `clients_by_name` ON `clients` (`search_name`);--> statement-breakpoint
CREATE INDEX `clients_by_address` ON `clients` (`search_address`);--> statement-breakpoint
ALTER TABLE `people` ADD `email_verified_at` integer;--> statement-breakpoint
ALTER TABLE `people` ADD `given_name` text;--> statement-breakpoint
ALTER TABLE `people` ADD `family_name` text;--> statement-breakpoint
ALTER TABLE `people` ADD `picture` text;--> statement-breakpoint
ALTER TABLE `people` ADD `search_name` text GENERATED ALWAYS AS (lower("name")) VIRTUAL;--> statement-breakpoint
CREATE INDEX `people_by_age` ON `people` (`created_at`);--> statement-breakpoint
CREATE INDEX `people_by_name` ON `people` (`search_name`);--> statement-breakpoint
ALTER TABLE `spent` ADD `spent_by` text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX `audit_events_by_subject` ON `audit_events` (`subject`,`at`);--> statement-breakpoint
CREATE INDEX `audit_events_by_actor` ON `audit_events` (`actor`,`at`);--> statement-breakpoint
CREATE INDEX `audit_events_by_type` ON `audit_events` (`type`,`at`);--> statement-breakpoint
CREATE INDEX `cutoffs_by_time` ON `cutoffs` (`at`);