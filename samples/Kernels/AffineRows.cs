using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>Rows times a number plus another, as one struct says, in which views lie.</summary>
[KernelName("affine_rows")]
public readonly struct AffineRows(AffineRows.Arguments arguments, int rows) : IKernel
{
    public static Block Block => new(64);

    public void Run()
    {
        int row = Grid.BlockX * Block.SizeX + Block.ThreadX;
        if (row >= rows)
            return;
        for (int i = 0; i < arguments.Width; i++)
        {
            long at = (long)row * arguments.Width + i;
            arguments.Output[at] = arguments.Input[at] * arguments.Change.Scale + (arguments.Change.HasBias ? arguments.Change.Bias : 0);
        }
    }

    /// <summary>One parameter by value, 48 bytes: Input's pointer at 0 and length at 8, Output's at 16 and 24, Width at 32, Change at
    /// 36.</summary>
    public readonly record struct Arguments(View<float> Input, View<float> Output, int Width, Affine Change);

    /// <summary>Twelve bytes.</summary>
    public readonly record struct Affine(float Scale, float Bias, bool HasBias);
}
