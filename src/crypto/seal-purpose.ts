/** The purposes of keys derived from the root secrets. */
export {};
