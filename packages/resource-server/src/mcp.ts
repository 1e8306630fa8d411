/** `@postern/resource-server/mcp`: the guard of an MCP server, by a table of tools and the scopes that each needs. */
export { checkMcp, type McpCall, type McpHandler, type McpJudgement, protectMcp } from './mcp-guard.ts';
export { filterTools } from './mcp-tool-lists.ts';
export type { ToolScopes } from './mcp-tools.ts';
