/** Answers in a row that are not the API's, after which the run stops. */
const IN_A_ROW = 5;

/** Counts answers of something that is not LiveDesk: a login page, a proxy, another service. */
export interface WrongServerDetector {
  /** Such an answer came; true when the run must stop: it is the first answer of all, or the fifth in a row. */
  foreignResponse(): boolean;
  /** An answer of the API came. */
  known(): void;
}

export function createWrongServerDetector(): WrongServerDetector {
  let everKnown = false;
  let inARow = 0;
  return {
    foreignResponse() {
      inARow += 1;
      return !everKnown || inARow >= IN_A_ROW;
    },
    known() {
      everKnown = true;
      inARow = 0;
    },
  };
}
