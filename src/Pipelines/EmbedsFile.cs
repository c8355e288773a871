using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines;

/// <summary>Embeddings of texts in a safetensors file, under the names that <see cref="Trace"/> uses: F32 [1, T, text width].</summary>
internal static class EmbedsFile
{
    public const string Prompt = "prompt_embeds", Negative = "negative_prompt_embeds";

    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="text">[B, T, text width], F32: of the prompt alone, or of the negative prompt before it.</param>
    /// <exception cref="OutputException">The disk is full, or the folder went away since it was checked.</exception>
    public static void Write(string path, Tensor text)
    {
        int last = text.Shape[0] - 1;
        var tensors = new Dictionary<string, Tensor> { [Prompt] = text.Rows(last, 1) };
        if (last > 0)
            tensors[Negative] = text.Rows(0, 1);
        try
        {
            SafetensorsWriter.Write(path, tensors);
        }
        catch (SafetensorsException exception)
        {
            throw new OutputException(exception.Message, inner: exception) { Property = nameof(GenerationFiles.SaveEmbeds) };
        }
    }

    /// <param name="property">The property or parameter that named the file, for errors.</param>
    /// <param name="path">The file; other tensors in it are left alone.</param>
    /// <exception cref="RequestException">No such file or tensor, one of another type or rank, numbers that aren't finite.</exception>
    public static TextEmbeddings Read(string property, string path)
    {
        PathCheck.Check(property, path);
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            return Read(property, file) ?? throw new RequestException(
                property, $"{Quoted.Path(path)} has no tensor '{Prompt}'; saved embeddings have one.");
        }
        catch (SafetensorsException exception)
        {
            throw new RequestException(property, exception.Message, exception);
        }
    }

    /// <summary>The same of a file that is open; null where it has none.</summary>
    public static TextEmbeddings? Read(string property, SafetensorsFile file)
    {
        if (!file.TryGet(Prompt, out Tensor prompt))
            return null;
        bool hasNegative = file.TryGet(Negative, out Tensor negative);
        Check(prompt, Prompt);
        if (hasNegative)
            Check(negative, Negative);
        if (hasNegative && negative.Shape != prompt.Shape)
            throw Refused($"'{Negative}' is {negative.Shape} and '{Prompt}' {prompt.Shape}; they have to be alike");
        try
        {
            return new TextEmbeddings(prompt.ToFloats(), hasNegative ? negative.ToFloats() : null, prompt.Shape);
        }
        catch (ArgumentException exception)
        {
            throw Refused("they hold NaN or infinity", exception);
        }

        void Check(Tensor tensor, string name)
        {
            if (!tensor.Type.IsKernelFloat || tensor.Shape.Rank != 3 || tensor.Shape[0] != 1 || tensor.Count == 0)
                throw Refused($"'{name}' is {tensor}, not F32 [1, T, text width]");
        }

        RequestException Refused(string problem, Exception? inner = null) =>
            new(property, $"the embeddings in {Quoted.Path(file.Path)} can't be used: {problem}.", inner);
    }
}
