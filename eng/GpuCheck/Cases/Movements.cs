using CogVideoX.Tensors;

namespace CogVideoX.GpuCheck.Cases;

/// <summary>Operations that only bring numbers to other places, or nearly so.</summary>
internal static class Movements
{
    public static IEnumerable<OperationCase> Of(CaseSizes sizes)
    {
        (int h, int w, int c) = (sizes.Height, sizes.Width, sizes.Channels);
        Shape text = [1, sizes.Text, sizes.Inner], video = [1, sizes.Tokens - sizes.Text, sizes.Inner];
        yield return new(
            "concat", CaseKind.Moving, [new("a", text), new("v", video)], (ops, t) => [ops.Concat(t["a"], t["v"], 1)],
            "torch.cat((a, v), 1)");
        yield return new(
            "slice", CaseKind.Moving, [new("x", [sizes.Tokens, 2, sizes.Inner])], (ops, t) => [ops.Slice(t["x"], 1, 1, 1)],
            "x[:, 1:2].contiguous()");
        yield return new(
            "permute", CaseKind.Moving, [new("x", [1, 2, 8 * h, 8 * w, c / 2])],
            (ops, t) => [ops.Permute(t["x"], [0, 4, 1, 2, 3])], "x.permute(0, 4, 1, 2, 3).contiguous()");
        yield return new(
            "patches", CaseKind.Moving, [new("x", [4, 16, h, 2, w, 2])], (ops, t) => [ops.Permute(t["x"], [0, 2, 4, 1, 3, 5])],
            "x.permute(0, 2, 4, 1, 3, 5).contiguous()");
        yield return new(
            "embedding", CaseKind.Moving,
            [new("ids", [sizes.Rows], OperandKind.Ids, Range: sizes.Vocabulary), new("table", [sizes.Vocabulary, sizes.TextWidth / 4])],
            (ops, t) => [ops.Embedding(t.Ids("ids"), [sizes.Rows], t["table"])], "F.embedding(ids, table)");
        yield return new(
            "upsample_nearest", CaseKind.Moving, [new("x", [1, 2, 2 * h, 2 * w, 2 * c])],
            (ops, t) => [ops.UpsampleNearest(t["x"], time: true)],
            "F.interpolate(xp, scale_factor=(2, 2, 2)).permute(0, 2, 3, 4, 1)")
        {
            TorchSetup = "xp = planes(x)",
        };
        yield return new(
            "average_frame_pairs", CaseKind.Moving, [new("x", [1, 4, 4 * h, 4 * w, c])],
            (ops, t) => [ops.AverageFramePairs(t["x"])], $"x.view(1, 2, 2, {4 * h}, {4 * w}, {c}).mean(2)");
        Shape tile = [1, 2, 4 * h, 4 * w, c];
        int extent = h;
        yield return new(
            "blend", CaseKind.Moving, [new("p", tile), new("x", tile)], (ops, t) => [ops.Blend(t["p"], t["x"], 2, extent)],
            $"torch.cat((p[:, :, -{extent}:] * (1 - share) + x[:, :, :{extent}] * share, x[:, :, {extent}:]), 2)")
        {
            TorchSetup = $"share = (torch.arange({extent}, device=x.device) / {extent}).view(-1, 1, 1).to(x.dtype)",
        };
    }
}
