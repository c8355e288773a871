using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines;

/// <summary>
/// The tensors of a run that <see cref="GenerationFiles.Trace"/> asks for, written as they come. A run that is stopped leaves those
/// of the steps that it did, where it did any.
/// </summary>
internal sealed class Trace : IDisposable
{
    private readonly SafetensorsAppender file;
    private bool holdsSteps;

    /// <param name="path">The file.</param>
    /// <param name="steps">How many the run has; of a sampler that asks the model twice a step, evaluations.</param>
    /// <param name="text">[1, T, text width]: shape of a prompt's embedding.</param>
    /// <param name="latents">[1, F, C, H, W]: shape of the latents.</param>
    /// <exception cref="OutputException">It can't be written there.</exception>
    public Trace(string path, int steps, Shape text, Shape latents) =>
        file = Guard(() => new SafetensorsAppender(path, Expected(steps, text, latents)));

    /// <summary>The trace that files ask for; null where they ask for none.</summary>
    /// <exception cref="OutputException">It can't be written there.</exception>
    public static Trace? Of(GenerationFiles files, GenerationSettings settings, LoadedModel model)
    {
        if (files.Trace is not { } path)
            return null;
        Shape text = [1, settings.MaxSequenceLength.Decided(), model.Folder.Transformer.TextWidth];
        return new Trace(path, SamplerTable.EvaluationsOf(settings, model), text, LatentShapes.Of(settings, model.Folder));
    }

    /// <summary>Writes the embedding of the prompt, or of the negative prompt.</summary>
    public void AddEmbedding(Tensor embedding, bool negative) =>
        Add(negative ? EmbedsFile.Negative : EmbedsFile.Prompt, embedding);

    /// <summary>Writes the latents after a step.</summary>
    public void AddStep(int index, Tensor latents)
    {
        Add(StepName(index), latents);
        holdsSteps = true;
    }

    /// <summary>Gives the file its name, unless nothing was sampled.</summary>
    public void Complete()
    {
        if (holdsSteps)
            Do(file.Complete);
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private static IEnumerable<(string Name, Shape Shape)> Expected(int steps, Shape text, Shape latents) =>
    [
        (EmbedsFile.Prompt, text), (EmbedsFile.Negative, text),
        .. Enumerable.Range(0, steps).Select(step => (StepName(step), latents)),
    ];

    private static string StepName(int index) => $"latents.{index}";

    private void Add(string name, Tensor tensor) => Do(() => file.Append(name, tensor));

    private static void Do(Action write) => Guard(() =>
    {
        write();
        return true;
    });

    private static T Guard<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (SafetensorsException exception)
        {
            throw new OutputException(exception.Message, inner: exception) { Property = nameof(GenerationFiles.Trace) };
        }
    }
}
