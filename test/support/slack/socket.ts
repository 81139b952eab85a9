import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/*
 * As much of a WebSocket server as socket mode needs: text frames both ways, ping and pong, close. Messages of ours are
 * small, so nothing is fragmented on the way out.
 */

export interface ServerSocket {
  send(text: string): void;
  close(): void;
  /** Ends it without a word, as a lost network does. */
  cut(): void;
}

export interface SocketEvents {
  readonly onText: (text: string) => void;
  readonly onClose: () => void;
}

const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const opcodes = { continuation: 0, text: 1, close: 8, ping: 9, pong: 10 } as const;

export function acceptSocket(request: IncomingMessage, stream: Duplex, events: SocketEvents): ServerSocket {
  const key = request.headers['sec-websocket-key'] ?? '';
  const accept = createHash('sha1')
    .update(key + magic)
    .digest('base64');
  stream.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  const write = (opcode: number, payload: Buffer) => {
    if (!stream.destroyed && stream.writable) stream.write(frame(opcode, payload));
  };
  let pending = Buffer.alloc(0);
  let message = '';
  function take({ opcode, payload, isLast }: Frame): void {
    if (opcode === opcodes.ping) write(opcodes.pong, payload);
    if (opcode === opcodes.close) {
      write(opcodes.close, payload);
      stream.end();
    }
    if (opcode !== opcodes.text && opcode !== opcodes.continuation) return;
    message += payload.toString('utf8');
    if (!isLast) return;
    events.onText(message);
    message = '';
  }
  stream.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (let next = readFrame(pending); next !== null; next = readFrame(pending)) {
      pending = pending.subarray(next.length);
      take(next);
    }
  });
  stream.on('close', events.onClose);
  stream.on('error', () => stream.destroy());
  // Slack pings so often that a client notices within half a minute that it is alone.
  const pings = setInterval(() => write(opcodes.ping, Buffer.from('Ping from server')), 5_000);
  stream.on('close', () => clearInterval(pings));
  return {
    send: (text) => write(opcodes.text, Buffer.from(text)),
    close() {
      write(opcodes.close, Buffer.from([0x03, 0xe8]));
    },
    cut: () => void stream.destroy(),
  };
}

function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([0x80 | opcode, length]), payload]);
  if (length < 65_536) {
    const head = Buffer.from([0x80 | opcode, 126, 0, 0]);
    head.writeUInt16BE(length, 2);
    return Buffer.concat([head, payload]);
  }
  const head = Buffer.alloc(10);
  head[0] = 0x80 | opcode;
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

interface Frame {
  readonly opcode: number;
  readonly isLast: boolean;
  readonly payload: Buffer;
  /** Of all of it. */
  readonly length: number;
}

/** Null while not all of it has come. What a client sends is masked. */
function readFrame(bytes: Buffer): Frame | null {
  if (bytes.length < 2) return null;
  const [first = 0, second = 0] = bytes;
  const short = second & 0x7f;
  const sizeBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const head = 2 + sizeBytes + 4;
  if (bytes.length < head) return null;
  const size = sizeBytes === 0 ? short : sizeBytes === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < head + size) return null;
  const mask = bytes.subarray(head - 4, head);
  const payload = Buffer.from(bytes.subarray(head, head + size));
  for (let at = 0; at < size; at += 1) payload[at] = (payload[at] ?? 0) ^ (mask[at % 4] ?? 0);
  return { opcode: first & 0x0f, isLast: (first & 0x80) !== 0, payload, length: head + size };
}
