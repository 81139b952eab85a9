import type { Connection } from './connection.ts';
import type { Effect } from './rights.ts';
import type { Tool, ToolParameters } from './tool-definition.ts';

/** A tool as a connection's own service tells of it. All of it is text from outside, and shown to a person first. */
export interface OfferedTool {
  /** As the service calls it. */
  readonly remoteName: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: ToolParameters;
  /** How it is called, where that is more than its name; JSON, the integration's own shape. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** A tool as a person has approved it. */
export interface PinnedTool extends OfferedTool {
  /** As personas and models call it. */
  readonly name: string;
  readonly connectionId: string;
  readonly fingerprint: string;
  readonly effect: Effect;
}

/** What an integration brings whose tools are known only once it is connected. */
export interface Discovery {
  /** What the service tells of, at most `mostTools`. Throws UpstreamError. */
  discover(connection: Connection, signal: AbortSignal): Promise<readonly OfferedTool[]>;
  /** The tool that makes calls of what was approved, and of nothing else. */
  build(pinned: PinnedTool): Tool;
}

export const mostTools = 200;
