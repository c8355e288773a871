using CogVideoX.Tensors;

namespace CogVideoX.GpuCheck.Cases;

/// <summary>Operations of each number alone.</summary>
internal static class Elementwise
{
    public static IEnumerable<OperationCase> Of(CaseSizes sizes)
    {
        Shape shape = [sizes.Tokens, sizes.Inner];
        Operand x = new("x", shape, Scale: 4), y = new("y", shape);
        yield return new("add", CaseKind.Moving, [x, y], (ops, t) => [ops.Add(t["x"], t["y"])], "x + y");
        yield return new(
            "add_row", CaseKind.Moving, [x, new("y", [sizes.Inner])], (ops, t) => [ops.Add(t["x"], t["y"])], "x + y");
        yield return new("silu", CaseKind.Moving, [x], (ops, t) => [ops.Silu(t["x"])], "F.silu(x)");
        yield return new("gelu_tanh", CaseKind.Moving, [x], (ops, t) => [ops.Gelu(t["x"], true)], "F.gelu(x, approximate='tanh')");
        yield return new("gelu_erf", CaseKind.Moving, [x], (ops, t) => [ops.Gelu(t["x"], false)], "F.gelu(x)");
        yield return new(
            "linear_combination", CaseKind.Moving, [x, y, new("z", shape)],
            (ops, t) => [ops.LinearCombination((0.5f, t["x"]), (-0.25f, t["y"]), (2f, t["z"]))], "0.5 * x - 0.25 * y + 2 * z");
        yield return new(
            "cast", CaseKind.Moving, [x], (ops, t) => [ops.Cast(t["x"], t.Type == DType.F32 ? DType.BF16 : DType.F32)],
            "x.to(torch.bfloat16 if x.dtype == torch.float32 else torch.float32)");
        yield return new(
            "sample_gaussian", CaseKind.Moving, [x, y, new("z", shape)], (ops, t) => [ops.SampleGaussian(t["x"], t["y"], t["z"])],
            "x + torch.exp(0.5 * torch.clamp(y, -30, 20)) * z");
        yield return new(
            "random_uniform", CaseKind.Moving, [x],
            (ops, t) => [ops.RandomUniform(t["x"].Shape, t.Type, key: 3, centre: 0, halfRange: 0.5f)],
            "torch.rand_like(x) - 0.5");
        yield return new(
            "count_not_finite", CaseKind.Moving, [new("x", shape, OperandKind.Spoiled)], Count,
            "(~torch.isfinite(x)).sum().to(torch.float32)");
        yield return new(
            "relative_l1", CaseKind.Moving, [x, y], Distance,
            "(x.float() - y.float()).abs().sum() / y.float().abs().sum()");
    }

    private static Tensor[] Distance(Ops ops, CaseInputs t) => [ops.FromHost([(float)ops.RelativeL1(t["x"], t["y"])], [1])];

    private static Tensor[] Count(Ops ops, CaseInputs t)
    {
        float count = ops.CountNotFinite(t["x"]);
        return [ops.FromHost([count], [1])];
    }
}
