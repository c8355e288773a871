using CogVideoX.Tensors;

namespace CogVideoX.GpuCheck.Cases;

/// <summary>Convolutions of the VAE. PyTorch gets its favourite layout (channels last) and frames repeated beforehand.</summary>
internal static class Convolutions
{
    private const string Repeated = "xp = planes(torch.cat((x[:, :1], x[:, :1], x), 1))";
    private const string Result = "F.conv3d(xp, wp, b, padding=(0, 1, 1)).permute(0, 2, 3, 4, 1)";

    public static IEnumerable<OperationCase> Of(CaseSizes sizes)
    {
        (int h, int w, int c) = (sizes.Height, sizes.Width, sizes.Channels);
        yield return Causal("conv_wide", [1, 4, h, w, 4 * c], 4 * c);
        yield return Causal("conv_high", [1, 2, 8 * h, 8 * w, c], c);
        yield return Causal("conv_in", [1, 2, h, w, 16], 4 * c);
        yield return Causal("conv_pixels", [1, 2, 8 * h, 8 * w, 3], c);
        yield return Causal("conv_out", [1, 2, 8 * h, 8 * w, c], 3);
        Shape shape = [1, 2, 4 * h, 4 * w, 2 * c];
        yield return new(
            "conv_history", CaseKind.Convolution,
            [new("x", shape), Weight(2 * c, 2 * c, 3), new("b", [2 * c]), new("h", shape), new("r", shape)],
            (ops, t) => [ops.CausalConv3d(t["x"], t["w"], t["b"], t["h"], t["r"])], $"r + {Result}")
        {
            TorchSetup = "xp = planes(torch.cat((h, x), 1))\nwp = w.contiguous(memory_format=torch.channels_last_3d)",
        };
        yield return new(
            "conv_shortcut", CaseKind.Convolution,
            [new("x", shape), new("w", [c, 2 * c, 1, 1, 1], Scale: CaseSizes.Over(2 * c)), new("b", [c])],
            (ops, t) => [ops.CausalConv3d(t["x"], t["w"], t["b"])], "F.linear(x, w.view(w.shape[0], w.shape[1]), b)");
        yield return new(
            "conv_down", CaseKind.Convolution,
            [new("x", shape), new("w", [2 * c, 2 * c, 3, 3], Scale: CaseSizes.Over(18 * c)), new("b", [2 * c])],
            (ops, t) => [ops.CausalConv3d(t["x"], t["w"], t["b"], stride: 2, padEnd: true)],
            "F.conv2d(xp, wp, b, stride=2).permute(0, 2, 3, 1)")
        {
            TorchSetup = "xp = F.pad(x[0].permute(0, 3, 1, 2), (0, 1, 0, 1)).contiguous(memory_format=torch.channels_last)\n"
                + "wp = w.contiguous(memory_format=torch.channels_last)",
        };
    }

    private static OperationCase Causal(string name, Shape x, int outputs) => new(
        name, CaseKind.Convolution, [new("x", x), Weight(outputs, x[4], 3), new("b", [outputs])],
        (ops, t) => [ops.CausalConv3d(t["x"], t["w"], t["b"])], Result)
    {
        TorchSetup = Repeated + "\nwp = w.contiguous(memory_format=torch.channels_last_3d)",
    };

    private static Operand Weight(int outputs, int inputs, int frames) =>
        new("w", [outputs, inputs, frames, 3, 3], Scale: CaseSizes.Over(inputs * frames * 9));
}
