using CogVideoX.Tensors;

namespace CogVideoX.GpuCheck.Cases;

/// <summary>Attention, and softmax alone.</summary>
internal static class Attentions
{
    public static IEnumerable<OperationCase> Of(CaseSizes sizes)
    {
        Shape joint = [1, sizes.Tokens, sizes.Heads, sizes.HeadWidth];
        yield return new(
            "attention", CaseKind.Attention, [new("q", joint, Scale: 4), new("k", joint), new("v", joint)],
            (ops, t) => [ops.Attention(t["q"], t["k"], t["v"])],
            "F.scaled_dot_product_attention(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)).transpose(1, 2)")
        {
            RowOperand = "q",
            RowDimension = 1,
        };
        Shape text = [1, sizes.Text, sizes.TextHeads, sizes.TextWidth / sizes.TextHeads];
        yield return new(
            "attention_biased", CaseKind.Attention,
            [new("q", text, Scale: 0.5f), new("k", text), new("v", text), new("bias", [1, sizes.TextHeads, sizes.Text, sizes.Text])],
            (ops, t) => [ops.Attention(t["q"], t["k"], t["v"], t["bias"], scale: 1)],
            "F.scaled_dot_product_attention("
                + "q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), attn_mask=bias, scale=1.0).transpose(1, 2)");
        yield return new(
            "softmax", CaseKind.Moving, [new("x", [sizes.Tokens, sizes.Inner], Scale: 4)], (ops, t) => [ops.Softmax(t["x"])],
            "torch.softmax(x, -1)");
    }
}
