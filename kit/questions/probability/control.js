// @ts-check
// A chance, in per cent.

/** @type {(tools: Tools) => Control<number>} */
controls.probability = (tools) => {
  const { words, base } = tools;
  const { nodes, ...box } = percentBox({
    base, min: 0, label: words.percent, sliderLabel: words.slider, tools,
    sentences: {
      range: words.percent_range, under: words.percent_under, over: words.percent_over,
      whole: words.percent_whole, unset: words.percent_unset, said: words.percent_said,
    },
  });
  return { ...box, node: underPrompt(tools, ...nodes), parts: new Map() };
};
