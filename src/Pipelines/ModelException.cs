using CogVideoX.Models.Configuration;
using CogVideoX.Models.T5;
using CogVideoX.Models.Weights;
using CogVideoX.Pipelines.Hub;
using CogVideoX.Sampling;
using CogVideoX.Tensors.Files;

namespace CogVideoX.Pipelines;

/// <summary>
/// A checkpoint can't be used: a config, its weights or its tokenizer is missing, damaged, or of a kind that isn't supported. The
/// message names the file and the remedy.
/// </summary>
public sealed class ModelException(string message, Exception? inner = null) : CogVideoXException(message, inner)
{
    /// <summary>Runs something that reads a checkpoint, and gives what the rooms below throw about its files one name.</summary>
    internal static T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is ConfigException or WeightException or LoraException or TensorFileException
            or TokenizerException or SamplingException or HubException or IOException)
        {
            throw new ModelException(exception.Message, exception);
        }
    }
}
