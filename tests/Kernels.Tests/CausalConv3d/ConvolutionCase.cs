using CogVideoX.Kernels.Tests.Cuda;

namespace CogVideoX.Kernels.Tests;

/// <summary>A convolution of random numbers, and what follows it.</summary>
/// <param name="Type">Of x, the history and the weight, and of the result unless it is another.</param>
/// <param name="Video">B, F, H, W, C.</param>
internal sealed record ConvolutionCase(ElementFormat Type, VideoSize Video, int Outputs)
{
    public int KernelFrames { get; init; } = 3;

    /// <summary>Height and width.</summary>
    public int Kernel { get; init; } = 3;

    /// <summary>If it isn't the height.</summary>
    public int? KernelWidth { get; init; }

    public int Stride { get; init; } = 1;

    public bool PadEnd { get; init; }

    /// <summary>Of the frames before the first; null where the first is repeated.</summary>
    public ElementFormat? History { get; init; }

    /// <summary>Of what follows; null for none.</summary>
    public ElementFormat? Bias { get; init; }

    /// <inheritdoc cref="Bias"/>
    public ElementFormat? Residual { get; init; }

    /// <summary>Of the weight, if it isn't that of x.</summary>
    public ElementFormat? WeightType { get; init; }

    /// <summary>Of the result, if it isn't that of x.</summary>
    public ElementFormat? Result { get; init; }

    /// <summary>Numbers that lie before x, which moves it from its alignment.</summary>
    public int SkippedInputs { get; init; }

    /// <inheritdoc cref="SkippedInputs"/>
    public int SkippedHistory { get; init; }

    /// <summary>Likewise before the weight and the result.</summary>
    public int Skipped { get; init; }

    /// <summary>That of the product.</summary>
    public double Tolerance => new LinearCase(Type, (int)(Size.Output.Count / Outputs), Outputs, Size.Taps * Video.Channels)
    {
        Result = Result,
    }.Tolerance;

    public ConvolutionSize Size => new(Video, Outputs, KernelFrames, Kernel, KernelWidth ?? Kernel, Stride, PadEnd);

    public CausalConv3d Make(Operands operands) => Make(operands, default);

    /// <summary>The same with a residual that this doesn't make.</summary>
    public CausalConv3d Make(Operands operands, Elements residual)
    {
        var random = new Random(1);
        int depth = Size.Taps * Video.Channels;
        Elements x = operands.Random(Type, Video.Count, random, SkippedInputs, 1 / Math.Sqrt(depth));
        Elements weight = operands.Random(WeightType ?? Type, (long)Outputs * depth, random, Skipped);
        Elements history = default;
        if (History is { } past)
        {
            long before = Video.Count / Video.Frames * (KernelFrames - 1);
            history = operands.Random(past, before, random, SkippedHistory, 1 / Math.Sqrt(depth));
        }
        Elements bias = Bias is { } format ? operands.Random(format, Outputs, random) : default;
        if (Residual is { } added)
            residual = operands.Random(added, Size.Output.Count, random);
        return new CausalConv3d(
            x, history, weight, bias, residual, operands.Result(Result ?? Type, Size.Output.Count, Skipped), Size);
    }
}
