// @ts-check
// A chance, in per cent.

/** @type {(tools: Tools) => Control<number>} */
controls.probability = ({ question, words, base, changed }) => {
  const { nodes, ...box } = percentBox({
    base, min: 0, label: words.percent, sliderLabel: words.slider, changed,
    sentences: {
      range: words.percent_range, unset: words.percent_unset, said: words.percent_said,
    },
  });
  return { ...box, node: underPrompt(question, ...nodes), parts: new Map() };
};
