/** Marks of the map, drawn from the design's shapes at twice their size with their edge. */
import type { Map as MapLibre } from "maplibre-gl";

const SCALE = 2;

export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

type Draw = (context: CanvasRenderingContext2D) => void;

function image(map: MapLibre, name: string, size: number, draw: Draw): void {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size * SCALE;
  const context = canvas.getContext("2d");
  if (!context) return;
  context.scale(SCALE, SCALE);
  context.translate(size / 2, size / 2);
  draw(context);
  map.addImage(name, context.getImageData(0, 0, canvas.width, canvas.height), { pixelRatio: SCALE });
}

const GRADE_SIZES = [0, 24, 20, 15, 15];

function gradePath(grade: number, size: number): Path2D {
  const h = size / 2;
  const path = new Path2D();
  if (grade === 1) path.addPath(new Path2D(`M0 ${-h}L${h} 0 0 ${h} ${-h} 0z`));
  else if (grade === 2) path.addPath(new Path2D(`M0 ${-h * 0.95}L${h} ${h * 0.85}H${-h}z`));
  else if (grade === 3) path.rect(-h * 0.87, -h * 0.87, h * 1.74, h * 1.74);
  else path.arc(0, 0, h * 0.93, 0, Math.PI * 2);
  return path;
}

function drawGrade(grade: number): Draw {
  const size = GRADE_SIZES[grade] ?? 15;
  return (context) => {
    const path = gradePath(grade, size);
    context.lineJoin = "round";
    context.fillStyle = token(`--g${grade}`);
    context.strokeStyle = token(`--g${grade}-edge`);
    context.lineWidth = 1.4;
    context.fill(path);
    context.stroke(path);
    context.fillStyle = token(`--on-g${grade}`);
    context.font = `700 ${grade <= 2 ? 10.5 : 9.5}px sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(String(grade), 0, grade === 2 ? 2.6 : 0.6);
  };
}

const ARROW = "M0 -11L8 9 0 5 -8 9z";

const TRUCKS: Record<string, Draw> = {
  idle: (c) => stroke(c, ARROW, token("--surface"), token("--truck"), 2),
  en_route: (c) => stroke(c, ARROW, token("--truck"), token("--map-halo"), 1.2),
  working: (c) => {
    stroke(c, "M-4 -8H4A4 4 0 0 1 8 -4V4A4 4 0 0 1 4 8H-4A4 4 0 0 1 -8 4V-4A4 4 0 0 1 -4 -8z", token("--truck"), token("--map-halo"), 1.2);
    c.fillStyle = token("--on-truck");
    c.beginPath();
    c.arc(0, 0, 3, 0, Math.PI * 2);
    c.fill();
  },
  hauling: (c) => {
    stroke(c, ARROW, token("--truck-soft"), token("--map-halo"), 1.2);
    c.strokeStyle = token("--on-truck");
    c.lineWidth = 1.8;
    c.stroke(new Path2D("M-3.5 3.2h7"));
  },
  offline: (c) => {
    c.setLineDash([2, 2]);
    stroke(c, ARROW, null, token("--truck-off"), 1.6);
    c.setLineDash([]);
  },
};

function stroke(context: CanvasRenderingContext2D, path: string, fill: string | null, edge: string, width: number): void {
  const shape = new Path2D(path);
  context.lineJoin = "round";
  if (fill) {
    context.fillStyle = fill;
    context.fill(shape);
  }
  context.strokeStyle = edge;
  context.lineWidth = width;
  context.stroke(shape);
}

export function addImages(map: MapLibre): void {
  for (let grade = 1; grade <= 4; grade++) image(map, `g${grade}`, 30, drawGrade(grade));
  for (const [state, draw] of Object.entries(TRUCKS)) image(map, `truck-${state}`, 26, draw);
  image(map, "truck-off_duty", 26, TRUCKS["offline"] ?? (() => undefined));
}
