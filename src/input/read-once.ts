/**
 * Gives the batches of an input to one reader. A second reader would find nothing left and take the input for an empty
 * one, so its attempt throws; code that needs the rows again opens the input again.
 */
export function readOnce<T>(name: string, batches: () => AsyncIterable<T>): () => AsyncIterable<T> {
  let isTaken = false;
  return () => {
    if (isTaken)
      throw new Error(`the rows of ${JSON.stringify(name)} were already read: open the input again`);
    isTaken = true;
    return batches();
  };
}
