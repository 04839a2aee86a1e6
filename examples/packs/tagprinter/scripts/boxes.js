// The printer "boxes" wants a mark at the beginning and every line in a row of its own: {row}…{/row}. A table of tags can not
// say that, so this script arranges them. It gets what stands on the paper, and gives steps; Kvit writes the bytes.

function lines(items) {
    const steps = [{ tag: "begin" }];
    for (const item of items) {
        if (item.line) steps.push({ tag: "row" }, ...item.line.flatMap(letters), { end: "row" }, { line: true });
        else if (item.mark) steps.push({ mark: item.mark, data: item.data });
        else steps.push({ act: item.act });
    }
    return steps;
}

function letters(piece) {
    const tags = [...(piece.bold ? ["b"] : []), ...(piece.width > 1 ? ["XL"] : [])];
    return [...tags.map((tag) => ({ tag })), { text: piece.text }, ...tags.reverse().map((end) => ({ end }))];
}
