const told = new Set<string>();

/** Says loudly, and once, that tests are left out for want of something. In continuous integration that is a fault. */
export function leaveOut(why: string): void {
  if (process.env['CI'] === 'true') throw new Error(`NOT TESTED: ${why}`);
  if (!told.has(why)) process.stderr.write(`\n*** NOT TESTED: ${why} ***\n\n`);
  told.add(why);
}
