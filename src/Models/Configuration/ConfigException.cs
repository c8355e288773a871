using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Configuration;

/// <summary>
/// A folder or one of its config files can't be used. The message names the file, the key, its value and what would be right, in one line.
/// </summary>
public sealed class ConfigException(string message, Exception? inner = null) : Exception(Quoted.Line(message), inner);
