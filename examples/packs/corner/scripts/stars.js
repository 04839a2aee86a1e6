// A helper for templates: {{stars points}} draws a star for every hundred points, ten at most.
// A script gives values; what is printed with them, and how, is the template's and the printer's business.
const version = "1.0.0";
const helpers = ["stars"];

function stars(points) {
    const count = Math.max(0, Math.min(10, Math.floor(Number(points) / 100)));
    return "*".repeat(count) + "-".repeat(10 - count);
}
