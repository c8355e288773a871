using System.Globalization;

namespace CogVideoX.Kernels.Tuning;

/// <summary>An operation with a choice of tiles, at a shape as <c>kernels profile</c> takes it.</summary>
/// <param name="Operation">Which.</param>
/// <param name="Shape">
/// Rows, outputs, inputs; or frames, height, width, input and output channels of a 3×3×3 convolution; or queries, keys, heads, width of a
/// head: <c>35552x1920x1920</c>.
/// </param>
internal sealed record TiledProblem(TiledOperation Operation, string Shape)
{
    private const char Times = 'x';

    /// <summary>An operation's name.</summary>
    public static string NameOf(TiledOperation operation) => operation switch
    {
        TiledOperation.Linear => Linear.Name,
        TiledOperation.Attention => Attention.Name,
        _ => CausalConv3d.Name,
    };

    /// <param name="operation">Which.</param>
    /// <param name="sizes">Of its shape.</param>
    public TiledProblem(TiledOperation operation, params ReadOnlySpan<int> sizes)
        : this(operation, string.Join(Times, sizes.ToArray().Select(size => size.ToString(CultureInfo.InvariantCulture))))
    {
    }

    /// <summary>The operation's name.</summary>
    public string Name => NameOf(Operation);

    /// <summary>The sizes of its shape.</summary>
    public int[] Sizes => [.. Shape.Split(Times).Select(size => int.Parse(size, CultureInfo.InvariantCulture))];
}

/// <summary>An operation that may have a choice of tiles.</summary>
internal interface IHasTiles
{
    /// <summary>What its choice is of; null where kernels of our compiler don't run, or there is nothing to choose.</summary>
    TiledProblem? Problem { get; }
}
