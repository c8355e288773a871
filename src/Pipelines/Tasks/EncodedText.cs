using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>What becomes of embeddings, wherever they come from.</summary>
internal static class EncodedText
{
    /// <summary>Traces and saves them, where that is asked for, and hands them on.</summary>
    /// <param name="state">The run.</param>
    /// <param name="scope">That of the stage.</param>
    /// <param name="text">[B, T, text width]: of the prompt alone, or of the negative prompt before it.</param>
    /// <exception cref="Media.OutputException">A file can't be written.</exception>
    public static void Hand(RunState state, MemoryScope scope, Tensor text)
    {
        int last = text.Shape[0] - 1;
        Tensor kept = state.Ops.Cast(text, DType.F32);
        state.Trace?.AddEmbedding(kept.Rows(last, 1), negative: false);
        if (last > 0)
            state.Trace?.AddEmbedding(kept.Rows(0, 1), negative: true);
        if (state.Files.SaveEmbeds is { } path)
            EmbedsFile.Write(path, kept);
        state.HandText(scope.Keep(text));
    }
}
