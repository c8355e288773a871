namespace CogVideoX.Models.T5;

/// <summary>How a program normalizes text and splits it into the pieces of a vocabulary.</summary>
internal interface ITextSplitter
{
    /// <summary>Puts the pieces of a text behind those that are there.</summary>
    /// <param name="text">UTF-8, without added tokens.</param>
    /// <param name="segmentation">Where they go.</param>
    void Split(ReadOnlySpan<byte> text, Segmentation segmentation);
}
