using CogVideoX.Models.Weights;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Conversion;

/// <summary>
/// Weights from one layout into another: whatever is wrong is found before anything is written, tensors are read, converted and written one
/// after the other, and the output appears whole or not at all.
/// </summary>
internal sealed class Converter : IDisposable
{
    private const int PlannedConfigBytes = 1 << 16;

    private readonly ConversionRequest request;
    private readonly WriteProgress progress;
    private readonly CancellationToken cancellation;
    private readonly List<IDisposable> open = [];
    private readonly List<string> notes = [];

    private Converter(ConversionRequest request, WriteProgress progress, CancellationToken cancellation) =>
        (this.request, this.progress, this.cancellation) = (request, progress, cancellation);

    /// <summary>Converts.</summary>
    /// <param name="request">What, and to what.</param>
    /// <param name="progress">Told the bytes written and the bytes in all.</param>
    /// <param name="cancellation">Stops between pieces of tensors; nothing is left behind.</param>
    /// <exception cref="RequestException">Input, output and options don't go together; nothing was written.</exception>
    /// <exception cref="ModelException">The input is damaged; nothing is left behind.</exception>
    /// <exception cref="WeightException">Numbers that the type doesn't have; nothing is left behind.</exception>
    /// <exception cref="TensorException">Numbers that can't be quantised, or a file that can't be written; likewise.</exception>
    public static ConversionReport Run(
        ConversionRequest request, IProgress<(long Done, long Total)>? progress = null, CancellationToken cancellation = default)
    {
        request.Check();
        using var converter = new Converter(request, new WriteProgress(progress, cancellation), cancellation);
        return converter.Convert();
    }

    public void Dispose() => open.ForEach(disposable => disposable.Dispose());

    private ConversionReport Convert()
    {
        var place = new OutputPlace(request);
        (string what, IReadOnlyList<OutputFile> files, InputPart? compared) =
            ModelException.Guard(() => Plan(new ConversionInput(request)));
        progress.Total = files.Sum(file => file.Bytes);
        place.CheckRoom(progress.Total + PlannedConfigBytes);
        IReadOnlyList<LayerError> errors = [];
        double? psnr = null;
        place.Write(files, path =>
        {
            if (compared is not null)
                errors = LayerErrors.Of(compared, path, cancellation);
            if (request.Psnr)
                psnr = PsnrOf(path);
        });
        string[] names = request.IsFile ? [Path.GetFileName(place.Target)] : [.. files.Select(file => file.Name)];
        return new ConversionReport(place.Target, what, names, notes, errors, psnr);
    }

    private double? PsnrOf(string written)
    {
        double decibels = ConversionPsnr.Of(request.Input, written, cancellation);
        if (double.IsFinite(decibels))
            return decibels;
        notes.Add("The two videos are equal.");
        return null;
    }

    private (string What, IReadOnlyList<OutputFile> Files, InputPart? Compared) Plan(ConversionInput input)
    {
        if (request.Psnr)
            ConversionPsnr.Check(request);
        notes.AddRange(input.Notes);
        if (request.To.Form != ConversionForm.HuggingFace)
            return PlanTransformer(input);
        if (input.Adapter is { } adapter)
            return ("a LoRA", [Adapter(adapter)], null);
        if (input.Parts.Count == 0)
            return ("tensors under their own names", [OwnNames()], null);
        notes.AddRange(input.Parts.SelectMany(part => part.Notes));
        if (request.IsFile)
            return (input.Parts[0].Kind.Title(), [PartInFile(Only(input))], null);
        string what = input.IsPipeline ? "a pipeline" : input.Parts[0].Kind.Title();
        IEnumerable<OutputFile> files = input.Parts.SelectMany(part => PartInFolder(part, input.IsPipeline ? $"{part.Folder}/" : ""));
        return (what, [.. files, .. input.Others.Select(name => OutputFile.Copy(name, Path.Combine(request.Input, name)))], null);
    }

    private (string What, IReadOnlyList<OutputFile> Files, InputPart? Compared) PlanTransformer(ConversionInput input)
    {
        InputPart part = input.Parts.FirstOrDefault(part => part.Kind == PartKind.Transformer) ?? throw new RequestException(
            nameof(request.To), $"it is for transformers, and {request.Input} has none; leave it out for Hugging Face's layout.");
        notes.AddRange(part.Notes);
        if (request.To.Form == ConversionForm.Gguf && request.Architecture is null)
        {
            notes.Add($"general.architecture is '{ConversionRequest.DefaultArchitecture}': no program has a name for CogVideoX that files "
                + $"must have; {nameof(ConversionRequest)}.{nameof(request.Architecture)} gives another.");
        }
        PartTensors tensors = Keep(new PartTensors(part, progress));
        string name = Path.GetFileName(request.Output);
        OutputFile file = request.To.Form switch
        {
            ConversionForm.Single => WeightShards.One(name, tensors.InType(request.Dtype, TransformerFiles.ComfyPrefix)),
            ConversionForm.Fp8 => TransformerFiles.Fp8(name, tensors),
            _ => TransformerFiles.Gguf(name, tensors, request.To.Type, request.Architecture ?? ConversionRequest.DefaultArchitecture),
        };
        return (part.Kind.Title(), [file], part);
    }

    private InputPart Only(ConversionInput input)
    {
        if (input.Parts.Count == 1)
            return input.Parts[0];
        string parts = string.Join(", ", input.Parts.Select(part => part.Folder));
        throw new RequestException(nameof(request.Output), $"{request.Input} has {input.Parts.Count} parts ({parts}), which don't go into "
            + "one file; name a folder, or one part's folder as the input.");
    }

    private OutputFile PartInFile(InputPart part)
    {
        PartTensors tensors = Keep(new PartTensors(part, progress));
        return WeightShards.One(Path.GetFileName(request.Output), tensors.InType(request.Dtype));
    }

    private IEnumerable<OutputFile> PartInFolder(InputPart part, string folder)
    {
        PartTensors tensors = Keep(new PartTensors(part, progress));
        return WeightShards.Files(folder, part.WeightsName, tensors.InType(request.Dtype), request.ShardBytes)
            .Prepend(OutputFile.Of($"{folder}config.json", part.Config!));
    }

    private OutputFile OwnNames()
    {
        notes.Add($"{request.Input} has the keys of no part of CogVideoX: they are kept as they are.");
        var part = new InputPart(PartKind.Other, () => WeightFiles.OpenFile(request.Input), null, request.Input);
        PartTensors tensors = Keep(new PartTensors(part, progress));
        // 8-bit floats stay, as their scales do: what they mean isn't known. Safetensors files have no quantised blocks.
        return WeightShards.One(Path.GetFileName(request.Output), [.. tensors.All.Select(tensor =>
            tensors.Of(tensor.Key, tensor.Stored, Kept(tensor.Info)))]);

        DType Kept(TensorInfo info) =>
            request.Dtype is null && !info.Type.IsBlocked ? info.Type : WrittenType.Of(info.Type, request.Dtype);
    }

    private OutputFile Adapter(string path)
    {
        LoraFile lora = Keep(LoraFile.Open(path));
        if (lora.Unread.Count > 0)
        {
            notes.Add($"{request.Input}: keys of no layer of a transformer are left out ({lora.Unread.Count}): "
                + $"{Quoted.Names(lora.Unread)}.");
        }
        string name = request.IsFile ? Path.GetFileName(request.Output) : LoraConversion.FileName;
        return LoraConversion.File(lora, name, request.Dtype, progress);
    }

    private T Keep<T>(T disposable) where T : IDisposable
    {
        open.Add(disposable);
        return disposable;
    }
}
