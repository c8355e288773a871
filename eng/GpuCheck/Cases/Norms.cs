using CogVideoX.Tensors;

namespace CogVideoX.GpuCheck.Cases;

/// <summary>Norms, and rotary positions.</summary>
internal static class Norms
{
    public static IEnumerable<OperationCase> Of(CaseSizes sizes)
    {
        (int tokens, int text, int inner, int head) = (sizes.Tokens, sizes.Text, sizes.Inner, sizes.HeadWidth);
        Operand weight = new("w", [inner]), bias = new("b", [inner]);
        yield return new(
            "layer_norm", CaseKind.Moving, [new("x", [tokens, inner]), weight, bias],
            (ops, t) => [ops.LayerNorm(t["x"], t["w"], t["b"], 1e-5f)], $"F.layer_norm(x, ({inner},), w, b, 1e-5)");
        yield return new(
            "modulated_layer_norm", CaseKind.Moving, [new("x", [1, tokens, inner]), weight, bias, new("m", [1, 6 * inner])],
            (ops, t) => [ops.ModulatedLayerNorm(t["x"], t["w"], t["b"], 1e-5f, t["m"], 0, 1, 3, 4, text)],
            $"F.layer_norm(x, ({inner},), w, b, 1e-5) * scale + shift")
        {
            TorchSetup = $"shift = by_token(m, 0, 3, {text}, {tokens}, {inner})\nscale = 1 + by_token(m, 1, 4, {text}, {tokens}, {inner})",
        };
        yield return new(
            "rms_norm", CaseKind.Moving, [new("x", [sizes.Rows, sizes.TextWidth]), new("w", [sizes.TextWidth])],
            (ops, t) => [ops.RmsNorm(t["x"], t["w"], 1e-6f)], $"F.rms_norm(x, ({sizes.TextWidth},), w, 1e-6)");
        yield return new(
            "qk_norm_rope", CaseKind.Moving,
            [
                new("x", [1, tokens, sizes.Heads, head]), new("w", [head]), new("b", [head]),
                new("cos", [tokens - text, head], OperandKind.Float), new("sin", [tokens - text, head], OperandKind.Float),
            ],
            (ops, t) => [ops.QkNormRope(t["x"], t["w"], t["b"], 1e-6f, t["cos"], t["sin"], text)],
            $"rope(F.layer_norm(x, ({head},), w, b, 1e-6), cos, sin, {text})");
        (int h, int w, int c) = (sizes.Height, sizes.Width, 2 * sizes.Channels);
        Shape shape = [1, 2, 4 * h, 4 * w, c], map = [1, 2, h, w, c];
        yield return new(
            "group_norm", CaseKind.Moving, [new("x", shape), new("w", [c]), new("b", [c])],
            (ops, t) => [ops.GroupNorm(t["x"], t["w"], t["b"], sizes.Groups, 1e-6f, silu: true)],
            $"F.silu(F.group_norm(xp, {sizes.Groups}, w, b, 1e-6)).permute(0, 2, 3, 4, 1)")
        {
            TorchSetup = "xp = planes(x)",
        };
        yield return new(
            "spatial_group_norm", CaseKind.Moving, [new("x", shape), new("w", [c]), new("b", [c]), new("s", map), new("t", map)],
            (ops, t) => [ops.SpatialGroupNorm(t["x"], t["w"], t["b"], sizes.Groups, 1e-6f, t["s"], t["t"], silu: true)],
            $"F.silu(F.group_norm(xp, {sizes.Groups}, w, b, 1e-6) * scale + shift).permute(0, 2, 3, 4, 1)")
        {
            TorchSetup = "xp = planes(x)\nscale = F.interpolate(planes(s), scale_factor=(1, 4, 4))\n"
                + "shift = F.interpolate(planes(t), scale_factor=(1, 4, 4))",
        };
    }
}
