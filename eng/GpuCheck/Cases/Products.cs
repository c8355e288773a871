using CogVideoX.Tensors;

namespace CogVideoX.GpuCheck.Cases;

/// <summary>Matrix products.</summary>
internal static class Products
{
    public static IEnumerable<OperationCase> Of(CaseSizes sizes)
    {
        int tokens = sizes.Tokens, text = sizes.Text, inner = sizes.Inner, hidden = 4 * inner;
        Operand x = new("x", [tokens, inner]), wide = new("x", [tokens, hidden]), joint = new("x", [1, tokens, hidden]);
        Operand up = Weight("w", hidden, inner), down = Weight("w", inner, hidden), bias = new("b", [inner]);
        yield return new(
            "linear", CaseKind.Product, [x, up, new("b", [hidden])], (ops, t) => [ops.Linear(t["x"], t["w"], t["b"])], "F.linear(x, w, b)")
        {
            RowOperand = "x",
        };
        yield return new(
            "linear_gelu", CaseKind.Product, [x, up, new("b", [hidden])],
            (ops, t) => [ops.Linear(t["x"], t["w"], t["b"], Activation.GeluTanh)], "F.gelu(F.linear(x, w, b), approximate='tanh')")
        {
            RowOperand = "x",
        };
        yield return new(
            "linear_residual", CaseKind.Product, [wide, down, bias, new("r", [tokens, inner])],
            (ops, t) => [ops.LinearResidual(t["x"], t["w"], t["b"], t["r"])], "r + F.linear(x, w, b)");
        yield return new(
            "linear_gated_residual", CaseKind.Product,
            [joint, down, bias, new("r", [1, tokens, inner]), new("m", [1, 6 * inner])],
            (ops, t) => [ops.LinearGatedResidual(t["x"], t["w"], t["b"], t["r"], t["m"], videoGate: 2, textGate: 5, textTokens: text)],
            "r + gate * F.linear(x, w, b)")
        {
            TorchSetup = $"gate = by_token(m, 2, 5, {text}, {tokens}, {inner})",
        };
        yield return new(
            "linear_triple", CaseKind.Product,
            [x, Weight("wq", inner, inner), Weight("wk", inner, inner), Weight("wv", inner, inner), bias], Triple,
            "(F.linear(x, wq, b), F.linear(x, wk, b), F.linear(x, wv, b))");
        yield return new(
            "linear_few_rows", CaseKind.Product, [new("x", [2, 512]), Weight("w", 12 * inner, 512), new("b", [12 * inner])],
            (ops, t) => [ops.Linear(t["x"], t["w"], t["b"])], "F.linear(x, w, b)");
        int width = sizes.TextWidth, gated = sizes.TextHidden;
        yield return new(
            "linear_gated_gelu", CaseKind.Product, [new("x", [text, width]), Weight("g", gated, width), Weight("w", gated, width)],
            (ops, t) => [ops.LinearGatedGelu(t["x"], t["g"], t["w"])],
            "F.gelu(F.linear(x, g), approximate='tanh') * F.linear(x, w)");
    }

    private static Operand Weight(string name, int outputs, int inputs) => new(name, [outputs, inputs], Scale: CaseSizes.Over(inputs));

    private static Tensor[] Triple(Ops ops, CaseInputs t)
    {
        (Tensor query, Tensor key, Tensor value) = ops.LinearTriple(t["x"], (t["wq"], t["b"]), (t["wk"], t["b"]), (t["wv"], t["b"]));
        return [query, key, value];
    }
}
