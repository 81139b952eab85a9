import { describe } from 'vitest';
import { createSqlitePlace } from '#test/contract/place.ts';
import { tickerSuite } from '#test/contract/ticker-suite.ts';

describe('schedules on SQLite files', () => tickerSuite(createSqlitePlace));
