namespace CogVideoX.Pipelines.Media;

/// <summary>How a picture's pixels are weighted when it is resized; the names are Pillow's.</summary>
public enum ResizeFilter
{
    /// <summary>The pixel under the middle of the new one, alone.</summary>
    Nearest,

    /// <summary>The mean of the pixels under the new one.</summary>
    Box,

    /// <summary>A triangle.</summary>
    Bilinear,

    /// <summary>A raised cosine: sharper than bilinear, as wide.</summary>
    Hamming,

    /// <summary>Keys' cubic with a = −0.5.</summary>
    Bicubic,

    /// <summary>Lanczos with a = 3.</summary>
    Lanczos,
}
