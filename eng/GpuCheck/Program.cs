using CogVideoX.GpuCheck;
using CogVideoX.GpuCheck.Parts;

if (args.Length == 0)
{
    Console.Error.WriteLine(
        "Parts of eng/gpu-check: gpucheck doctor|operations|goldens|model|random|timings|tiles|kernel|ptx|sass|note|report|select-goldens\n"
        + "    [--device D] [--out DIR] [--work DIR] [--bundle DIR] [--types F32,BF16,F16] [--case NAME] [--seconds N]\n"
        + "    [--tools DIR] [--tiny]");
    return 2;
}
var options = new CheckOptions(args);
switch (options.Part)
{
    case "doctor":
        DoctorPart.Run(options);
        break;
    case "operations":
        OperationsPart.Run(options);
        break;
    case "goldens":
        GoldensPart.Run(options);
        break;
    case "model":
        ModelPart.Run(options);
        break;
    case "random":
        RandomModelPart.Run(options);
        break;
    case "timings":
        TimingsPart.Run(options);
        break;
    case "tiles":
        TilesPart.Run(options);
        break;
    case "kernel":
        KernelPart.Run(options);
        break;
    case "ptx":
        PtxPart.Run(options, options.Out);
        break;
    case "sass":
        return SassPart.Run(options);
    case "note":
        NotePart.Run(options);
        break;
    case "report":
        ReportPart.Run(options);
        break;
    case "select-goldens":
        GoldensPart.Select(options);
        break;
    default:
        Console.Error.WriteLine($"gpucheck: there is no part '{options.Part}'.");
        return 2;
}
return 0;
