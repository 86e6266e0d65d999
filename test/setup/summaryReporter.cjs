/** Prints the result as one line that people and scripts find at the end: `12 passed, 1 failed`. */
module.exports = class SummaryReporter {
  onRunComplete(_contexts, results) {
    // A suite that could not be run has no tests to count, and must not look like success.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const counts = [`${results.numPassedTests} passed`, `${failed} failed`];
    if (skipped > 0) counts.push(`${skipped} skipped`);
    process.stdout.write(`\n${counts.join(', ')}\n`);
  }
};
