using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Tensors.Files;

/// <summary>
/// A file of named tensors, of any format, or such a file under other names. Everything that it claims is checked before a tensor is given
/// out. Dispose ends the tensors.
/// </summary>
public interface ITensorFile : IDisposable
{
    /// <summary>The file.</summary>
    string Path { get; }

    /// <summary>Bytes of the file.</summary>
    long Bytes { get; }

    /// <summary>The strings that the file carries beside its tensors; none in formats that have no place for them.</summary>
    IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The names of the tensors, in the file's order.</summary>
    IReadOnlyCollection<string> Names { get; }

    /// <summary>A tensor by name.</summary>
    /// <exception cref="TensorFileException">There is none of that name.</exception>
    Tensor this[string name] => TryGet(name, out Tensor tensor)
        ? tensor
        : throw new TensorFileException(
            $"{Path} has no tensor {Quoted.Name(name)}; it has {(Names.Count == 0 ? "none" : Quoted.Names(Names))}.");

    /// <summary>What a tensor is, if there is one of that name. Touches no data.</summary>
    bool TryDescribe(string name, out TensorInfo info);

    /// <summary>
    /// A tensor by name, if there is one: a view of the mapped file where its elements lie there in order, else a copy that the file owns,
    /// made when it is first asked for.
    /// </summary>
    bool TryGet(string name, out Tensor tensor);

    /// <summary>Bytes of memory that a tensor takes beside the mapped file once it was asked for; 0 for a view.</summary>
    long CopiedBytes(string name) => 0;
}
