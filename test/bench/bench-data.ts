/** The one team of the benchmark's Ninox. */
export const BENCH_TEAM = 'mBenchTeam0000001';
export const BENCH_KEY = 'bench-key-0000000001';
