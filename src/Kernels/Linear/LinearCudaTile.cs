using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>Which of the <see cref="ProductTiles"/>.</summary>
internal enum LinearCudaTile
{
    /// <summary>128×256.</summary>
    Wide,

    /// <summary>256×128.</summary>
    Tall,

    /// <summary>128×128.</summary>
    Square,

    /// <summary>64×64.</summary>
    Small,
}
