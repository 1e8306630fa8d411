CREATE TABLE `audit_events` (
	`request_id` text NOT NULL,
	`type` text NOT NULL,
	`subject` text NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`detail` text NOT NULL,
	PRIMARY KEY(`request_id`, `type`, `subject`)
);
--> statement-breakpoint
CREATE INDEX `audit_events_by_time` ON `audit_events` (`at`);--> statement-breakpoint
CREATE INDEX `audit_events_by_subject` ON `audit_events` (`subject`,`at`);--> statement-breakpoint
CREATE INDEX `audit_events_by_actor` ON `audit_events` (`actor`,`at`);--> statement-breakpoint
CREATE INDEX `audit_events_by_type` ON `audit_events` (`type`,`at`);--> statement-breakpoint
CREATE TABLE `counted_rows` (
	`name` text PRIMARY KEY NOT NULL,
	`position` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `cutoffs` (
	`subject` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`written_at` integer NOT NULL,
	`pending_shards` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `cutoffs_by_time` ON `cutoffs` (`at`);--> statement-breakpoint
CREATE INDEX `cutoffs_pending` ON `cutoffs` (`written_at`) WHERE pending_shards <> '[]';--> statement-breakpoint
CREATE TABLE `daily_counts` (
	`day` text NOT NULL,
	`name` text NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`day`, `name`)
);
--> statement-breakpoint
CREATE TABLE `single_uses` (
	`hash` text PRIMARY KEY NOT NULL,
	`expires_at` integer NOT NULL,
	`used_by` text DEFAULT '' NOT NULL
);
--> statement-breakpoint
CREATE INDEX `single_uses_by_expiry` ON `single_uses` (`expires_at`);--> statement-breakpoint
CREATE TABLE `passkeys` (
	`id` text PRIMARY KEY NOT NULL,
	`credential_id` text NOT NULL,
	`user_id` text NOT NULL,
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
CREATE INDEX `passkeys_by_user` ON `passkeys` (`user_id`);--> statement-breakpoint
CREATE TABLE `recovery_codes` (
	`hash` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`used_at` integer,
	`used_by` text
);
--> statement-breakpoint
CREATE INDEX `recovery_codes_by_user` ON `recovery_codes` (`user_id`);--> statement-breakpoint
CREATE TABLE `second_factors` (
	`user_id` text PRIMARY KEY NOT NULL,
	`sealed_secret` text NOT NULL,
	`last_step` integer NOT NULL,
	`last_used_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer
);
--> statement-breakpoint
CREATE TABLE `sign_in_failures` (
	`key` text PRIMARY KEY NOT NULL,
	`failures` integer NOT NULL,
	`window_started_at` integer NOT NULL,
	`blocked_until` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `clients` (
	`id` text PRIMARY KEY NOT NULL,
	`origin` text NOT NULL,
	`metadata` text NOT NULL,
	`secret_hash` text,
	`previous_secrets` text DEFAULT '[]' NOT NULL,
	`registration_token_hash` text,
	`acts_as` text,
	`exchange` text,
	`id_jag` text,
	`workload` text,
	`trusted` integer DEFAULT false NOT NULL,
	`require_pkce` integer DEFAULT true NOT NULL,
	`roles` text DEFAULT '[]' NOT NULL,
	`omit_iss` integer DEFAULT false NOT NULL,
	`require_second_factor` integer DEFAULT false NOT NULL,
	`allowed_origins` text DEFAULT '[]' NOT NULL,
	`refresh_grace_seconds` integer,
	`claims_in_id_token` text,
	`claim_mapping` text,
	`created_at` integer NOT NULL,
	`last_used_at` integer NOT NULL,
	`registered_from` text,
	`disabled_at` integer,
	`approval` text,
	`approval_requested_at` integer,
	`search_name` text GENERATED ALWAYS AS (lower(coalesce("metadata" ->> '$.client_name', ''))) VIRTUAL,
	`search_address` text GENERATED ALWAYS AS (lower(substr(coalesce("metadata" ->> '$.redirect_uris[0]', ''), instr(coalesce("metadata" ->> '$.redirect_uris[0]', ''), '://') + 3))) VIRTUAL
);
--> statement-breakpoint
CREATE INDEX `clients_by_use` ON `clients` (`origin`,`last_used_at`);--> statement-breakpoint
CREATE INDEX `clients_by_age` ON `clients` (`created_at`);--> statement-breakpoint
CREATE INDEX `clients_by_name` ON `clients` (`search_name`);--> statement-breakpoint
CREATE INDEX `clients_by_address` ON `clients` (`search_address`);--> statement-breakpoint
CREATE INDEX `clients_without_pkce` ON `clients` (`created_at`) WHERE require_pkce = 0;--> statement-breakpoint
CREATE INDEX `clients_by_request` ON `clients` (`approval_requested_at`) WHERE approval IS NULL AND approval_requested_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `clients_by_network` ON `clients` (`registered_from`,`last_used_at`) WHERE registered_from IS NOT NULL;--> statement-breakpoint
CREATE INDEX `clients_by_required_role` ON `clients` (`id`) WHERE roles <> '[]';--> statement-breakpoint
CREATE INDEX `clients_by_acting_user` ON `clients` (`acts_as`) WHERE acts_as IS NOT NULL;--> statement-breakpoint
CREATE INDEX `clients_by_workload` ON `clients` (workload ->> '$.issuer') WHERE workload IS NOT NULL;--> statement-breakpoint
CREATE TABLE `initial_access_tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`hash` text NOT NULL,
	`name` text NOT NULL,
	`uses_left` integer NOT NULL,
	`last_used_by` text NOT NULL,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `initial_access_tokens_hash_unique` ON `initial_access_tokens` (`hash`);--> statement-breakpoint
CREATE TABLE `registration_counts` (
	`network` text PRIMARY KEY NOT NULL,
	`unused` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `registration_counts_by_number` ON `registration_counts` (`unused`,`network`);--> statement-breakpoint
CREATE TABLE `connected_apps` (
	`id` text PRIMARY KEY NOT NULL,
	`template` text NOT NULL,
	`description` text NOT NULL,
	`issuer` text NOT NULL,
	`metadata_url` text,
	`completed_by` text,
	`warning` text,
	`resource_scopes` text,
	`published_resource` text,
	`registration` text NOT NULL,
	`sealed_secret` text,
	`created_at` integer NOT NULL,
	`disabled_at` integer
);
--> statement-breakpoint
CREATE TABLE `connections` (
	`id` text PRIMARY KEY NOT NULL,
	`app_id` text NOT NULL,
	`user_id` text NOT NULL,
	`issuer` text NOT NULL,
	`sealed` text,
	`scopes` text NOT NULL,
	`expires_at` integer,
	`account` text,
	`state` text NOT NULL,
	`reason` text,
	`failed_at` integer,
	`refused_at` text DEFAULT '[]' NOT NULL,
	`fence` integer NOT NULL,
	`settled_fence` integer NOT NULL,
	`lease_until` integer NOT NULL,
	`leased_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`refreshed_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `connections_by_app` ON `connections` (`app_id`,`user_id`);--> statement-breakpoint
CREATE INDEX `connections_by_app_age` ON `connections` (`app_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `connections_by_user` ON `connections` (`user_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `connections_by_age` ON `connections` (`created_at`);--> statement-breakpoint
CREATE TABLE `disconnected_apps` (
	`app_id` text NOT NULL,
	`user_id` text NOT NULL,
	`disconnected_at` integer NOT NULL,
	PRIMARY KEY(`app_id`, `user_id`)
);
--> statement-breakpoint
CREATE INDEX `disconnected_apps_by_user` ON `disconnected_apps` (`user_id`);--> statement-breakpoint
CREATE TABLE `recent_problems` (
	`subject` text NOT NULL,
	`error` text NOT NULL,
	`reason` text NOT NULL,
	`redirect_uri` text NOT NULL,
	`count` integer NOT NULL,
	`first_seen_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	PRIMARY KEY(`subject`, `error`, `reason`, `redirect_uri`)
);
--> statement-breakpoint
CREATE INDEX `recent_problems_by_time` ON `recent_problems` (`last_seen_at`);--> statement-breakpoint
CREATE TABLE `search_terms` (
	`term` text NOT NULL,
	`kind` text NOT NULL,
	`id` text NOT NULL,
	PRIMARY KEY(`kind`, `term`, `id`)
);
--> statement-breakpoint
CREATE INDEX `search_terms_by_record` ON `search_terms` (`kind`,`id`,`term`);--> statement-breakpoint
CREATE TABLE `grants` (
	`id` text PRIMARY KEY NOT NULL,
	`client_id` text NOT NULL,
	`user_id` text NOT NULL,
	`session_id` text NOT NULL,
	`scopes` text NOT NULL,
	`resources` text NOT NULL,
	`authorized_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`redeemed_by` text NOT NULL,
	`generation` integer NOT NULL,
	`rotated_at` integer NOT NULL,
	`previous_rotated_at` integer DEFAULT 0 NOT NULL,
	`rotated_by` text NOT NULL,
	`revoked_at` integer,
	`claims` text DEFAULT '[]' NOT NULL,
	`id_token_claims` text DEFAULT '[]' NOT NULL,
	`auth_time` integer,
	`amr` text DEFAULT '[]' NOT NULL,
	`acr` text,
	`display_hash` text,
	`jkt` text,
	`token_first_used_at` integer,
	`token_last_used_at` integer
);
--> statement-breakpoint
CREATE INDEX `grants_by_consent` ON `grants` (`user_id`,`client_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `grants_by_user` ON `grants` (`user_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `grants_by_session` ON `grants` (`session_id`);--> statement-breakpoint
CREATE INDEX `grants_by_client` ON `grants` (`client_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `grants_by_age` ON `grants` (`created_at`);--> statement-breakpoint
CREATE INDEX `grants_by_expiry` ON `grants` (`expires_at`);--> statement-breakpoint
CREATE INDEX `grants_by_revocation` ON `grants` (`revoked_at`) WHERE revoked_at IS NOT NULL;--> statement-breakpoint
CREATE TABLE `tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`grant_id` text,
	`client_id` text NOT NULL,
	`user_id` text,
	`scopes` text NOT NULL,
	`resource` text NOT NULL,
	`issued_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE INDEX `tokens_by_expiry` ON `tokens` (`expires_at`);--> statement-breakpoint
CREATE INDEX `tokens_by_grant` ON `tokens` (`grant_id`,`expires_at`) WHERE grant_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `tokens_by_client` ON `tokens` (`client_id`,`expires_at`);--> statement-breakpoint
CREATE INDEX `tokens_by_user` ON `tokens` (`user_id`,`expires_at`) WHERE user_id IS NOT NULL;--> statement-breakpoint
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
	`user_id` text,
	`session_id` text,
	`auth_time` integer,
	`amr` text DEFAULT '[]' NOT NULL,
	`grant_id` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `device_codes_device_code_hash_unique` ON `device_codes` (`device_code_hash`);--> statement-breakpoint
CREATE UNIQUE INDEX `device_codes_user_code_hash_unique` ON `device_codes` (`user_code_hash`);--> statement-breakpoint
CREATE INDEX `device_codes_by_expiry` ON `device_codes` (`expires_at`);--> statement-breakpoint
CREATE TABLE `pushed_requests` (
	`id` text PRIMARY KEY NOT NULL,
	`uri_hash` text NOT NULL,
	`client_id` text NOT NULL,
	`parameters` text NOT NULL,
	`expires_at` integer NOT NULL,
	`answered_by` text,
	`code_overflow` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `pushed_requests_uri_hash_unique` ON `pushed_requests` (`uri_hash`);--> statement-breakpoint
CREATE INDEX `pushed_requests_by_expiry` ON `pushed_requests` (`expires_at`);--> statement-breakpoint
CREATE TABLE `remembered_browsers` (
	`hash` text PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`user_id` text NOT NULL,
	`factor_at` integer NOT NULL,
	`forgotten` integer NOT NULL,
	`remembered_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`last_used_at` integer,
	`user_agent` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `remembered_browsers_id_unique` ON `remembered_browsers` (`id`);--> statement-breakpoint
CREATE INDEX `remembered_browsers_by_user` ON `remembered_browsers` (`user_id`,`remembered_at`);--> statement-breakpoint
CREATE INDEX `remembered_browsers_by_expiry` ON `remembered_browsers` (`expires_at`);--> statement-breakpoint
CREATE TABLE `issuer_subjects` (
	`issuer` text NOT NULL,
	`subject` text NOT NULL,
	`user_id` text NOT NULL,
	PRIMARY KEY(`issuer`, `subject`)
);
--> statement-breakpoint
CREATE INDEX `issuer_subjects_by_user` ON `issuer_subjects` (`user_id`);--> statement-breakpoint
CREATE TABLE `resources` (
	`id` text PRIMARY KEY NOT NULL,
	`description` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `secret_fingerprints` (
	`name` text PRIMARY KEY NOT NULL,
	`fingerprint` text NOT NULL,
	`first_seen_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `settings` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `shards` (
	`name` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`ready_at` integer,
	`draining_since` integer,
	`removed_at` integer
);
--> statement-breakpoint
CREATE TABLE `trusted_issuers` (
	`issuer` text PRIMARY KEY NOT NULL,
	`trust` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `logout_deliveries` (
	`session_id` text NOT NULL,
	`client_id` text NOT NULL,
	`user_id` text NOT NULL,
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
CREATE TABLE `sessions` (
	`cookie_hash` text PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`user_id` text NOT NULL,
	`signed_in_at` integer NOT NULL,
	`auth_time` integer,
	`password_set_at` integer,
	`amr` text DEFAULT '["pwd"]' NOT NULL,
	`upstream_state_hash` text,
	`login_id` text,
	`user_agent` text,
	`last_seen_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_id_unique` ON `sessions` (`id`);--> statement-breakpoint
CREATE INDEX `sessions_by_expiry` ON `sessions` (`expires_at`);--> statement-breakpoint
CREATE INDEX `sessions_by_user` ON `sessions` (`user_id`,`signed_in_at`);--> statement-breakpoint
CREATE INDEX `sessions_by_age` ON `sessions` (`signed_in_at`);--> statement-breakpoint
CREATE TABLE `social_logins` (
	`id` text PRIMARY KEY NOT NULL,
	`provider` text NOT NULL,
	`description` text NOT NULL,
	`issuer` text,
	`metadata_url` text,
	`completed_by` text,
	`warning` text,
	`client_id` text,
	`auth_method` text NOT NULL,
	`sealed_secret` text,
	`created_at` integer NOT NULL,
	`disabled_at` integer
);
--> statement-breakpoint
CREATE TABLE `user_identities` (
	`id` text PRIMARY KEY NOT NULL,
	`login_id` text NOT NULL,
	`issuer` text NOT NULL,
	`subject` text NOT NULL,
	`user_id` text NOT NULL,
	`account` text,
	`created_at` integer NOT NULL,
	`last_used_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `user_identities_by_subject` ON `user_identities` (`login_id`,`issuer`,`subject`);--> statement-breakpoint
CREATE INDEX `user_identities_by_user` ON `user_identities` (`user_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `user_identities_by_login` ON `user_identities` (`login_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `user_identities_by_age` ON `user_identities` (`created_at`);--> statement-breakpoint
CREATE TABLE `api_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`name` text NOT NULL,
	`scopes` text NOT NULL,
	`secret_hash` text NOT NULL,
	`legacy_key` text,
	`created_at` integer NOT NULL,
	`authorized_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`last_used_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_legacy_key_unique` ON `api_keys` (`legacy_key`);--> statement-breakpoint
CREATE INDEX `api_keys_by_user` ON `api_keys` (`user_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `api_keys_by_age` ON `api_keys` (`created_at`);--> statement-breakpoint
CREATE INDEX `api_keys_by_expiry` ON `api_keys` (`expires_at`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`email` text NOT NULL,
	`email_verified_at` integer,
	`name` text NOT NULL,
	`given_name` text,
	`family_name` text,
	`picture` text,
	`locale` text,
	`password_hash` text,
	`password_set_at` integer,
	`roles` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer,
	`disabled_at` integer,
	`email_changed_at` integer,
	`attributes_changed_at` integer,
	`deletion_requested_at` integer,
	`deletion_due_at` integer,
	`purge_started_at` integer,
	`second_factor_at` integer,
	`browsers_forgotten` integer DEFAULT 0 NOT NULL,
	`search_name` text GENERATED ALWAYS AS (lower("name")) VIRTUAL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email_unique` ON `users` (`email`);--> statement-breakpoint
CREATE INDEX `users_by_age` ON `users` (`created_at`);--> statement-breakpoint
CREATE INDEX `users_by_name` ON `users` (`search_name`);--> statement-breakpoint
CREATE INDEX `users_with_roles` ON `users` (`created_at`) WHERE roles <> '[]';--> statement-breakpoint
CREATE INDEX `users_that_administer` ON `users` (`id`) WHERE roles LIKE '%"administrator"%';--> statement-breakpoint
CREATE INDEX `users_by_deletion` ON `users` (`deletion_due_at`) WHERE deletion_due_at IS NOT NULL;