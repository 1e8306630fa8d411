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
CREATE TABLE `clients` (
	`id` text PRIMARY KEY NOT NULL,
	`origin` text NOT NULL,
	`metadata` text NOT NULL,
	`secret_hash` text,
	`trusted` integer DEFAULT false NOT NULL,
	`roles` text NOT NULL,
	`allowed_origins` text NOT NULL,
	`refresh_grace_seconds` integer,
	`created_at` integer NOT NULL,
	`last_used_at` integer NOT NULL,
	`disabled_at` integer
);
--> statement-breakpoint
CREATE INDEX `clients_by_use` ON `clients` (`origin`,`last_used_at`);--> statement-breakpoint
CREATE INDEX `clients_by_age` ON `clients` (`created_at`);--> statement-breakpoint
CREATE TABLE `cutoffs` (
	`subject` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`written_at` integer NOT NULL,
	`owing` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `grants` (
	`id` text PRIMARY KEY NOT NULL,
	`client_id` text NOT NULL,
	`person_id` text NOT NULL,
	`session_id` text NOT NULL,
	`scopes` text NOT NULL,
	`resources` text NOT NULL,
	`born_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`made_by` text NOT NULL,
	`generation` integer NOT NULL,
	`rotated_at` integer NOT NULL,
	`rotated_by` text NOT NULL,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE INDEX `grants_by_person` ON `grants` (`person_id`,`client_id`);--> statement-breakpoint
CREATE INDEX `grants_by_expiry` ON `grants` (`expires_at`);--> statement-breakpoint
CREATE INDEX `grants_by_revocation` ON `grants` (`revoked_at`);--> statement-breakpoint
CREATE TABLE `people` (
	`id` text PRIMARY KEY NOT NULL,
	`email` text NOT NULL,
	`name` text NOT NULL,
	`password_hash` text,
	`password_set_at` integer,
	`roles` text NOT NULL,
	`created_at` integer NOT NULL,
	`disabled_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `people_email_unique` ON `people` (`email`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`cookie_hash` text PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`person_id` text NOT NULL,
	`auth_time` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_id_unique` ON `sessions` (`id`);--> statement-breakpoint
CREATE INDEX `sessions_by_expiry` ON `sessions` (`expires_at`);--> statement-breakpoint
CREATE INDEX `sessions_by_person` ON `sessions` (`person_id`);--> statement-breakpoint
CREATE TABLE `settings` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `sign_in_failures` (
	`key` text PRIMARY KEY NOT NULL,
	`failures` integer NOT NULL,
	`window_started_at` integer NOT NULL,
	`blocked_until` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `sign_in_failures_by_window` ON `sign_in_failures` (`window_started_at`);--> statement-breakpoint
CREATE TABLE `spent` (
	`hash` text PRIMARY KEY NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `spent_by_expiry` ON `spent` (`expires_at`);--> statement-breakpoint
CREATE TABLE `tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`grant_id` text NOT NULL,
	`client_id` text NOT NULL,
	`person_id` text NOT NULL,
	`scopes` text NOT NULL,
	`resource` text NOT NULL,
	`issued_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE INDEX `tokens_by_expiry` ON `tokens` (`expires_at`);--> statement-breakpoint
CREATE INDEX `tokens_by_grant` ON `tokens` (`grant_id`);